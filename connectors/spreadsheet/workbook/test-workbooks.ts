import { type PackedFile, type ZipHabit, zipOf } from '../test-archives.ts'

// Workbooks for tests: as small as the format allows, with the habits of different writers to choose from.

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'

export type SheetDraft = {
  readonly name?: string
  readonly state?: 'hidden' | 'veryHidden'
  /** The content of `sheetData`, as XML. */
  readonly rows: string
}

export type WorkbookDraft = {
  readonly sheets: readonly SheetDraft[]
  /** `si` elements, as XML. */
  readonly strings?: readonly string[]
  /** The code of each cell style's number format; a number is a built-in one. */
  readonly formats?: readonly (string | number)[]
  readonly from1904?: boolean
  /** Before every element's name: `x:`. */
  readonly prefix?: string
  /** Instead of, or beside, the parts that are made. */
  readonly parts?: Readonly<Record<string, PackedFile | null>>
  readonly habit?: ZipHabit
}

export async function workbookOf(draft: WorkbookDraft): Promise<Buffer> {
  const { prefix = '', formats = [], strings } = draft
  const xmlns = prefix === '' ? 'xmlns' : `xmlns:${prefix.slice(0, -1)}`
  const element = (name: string, content: string, attributes = '') =>
    `<${prefix}${name} ${attributes}>${content}</${prefix}${name}>`
  const part = (name: string, content: string) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n${element(name, content, `${xmlns}="${MAIN}" xmlns:r="${OFFICE}"`)}`
  const sheets = draft.sheets.map(({ name = 'Sheet', state }, nth) =>
    element('sheet', '', `name="${name}" sheetId="${nth + 1}" r:id="s${nth}" ${state ? `state="${state}"` : ''}`),
  )
  const custom = formats.map((code, nth) =>
    typeof code === 'string' ? element('numFmt', '', `numFmtId="${200 + nth}" formatCode="${escaped(code)}"`) : '',
  )
  const xfs = formats.map((code, nth) => element('xf', '', `numFmtId="${typeof code === 'string' ? 200 + nth : code}"`))
  const parts: Record<string, PackedFile | null> = {
    '[Content_Types].xml': `<Types xmlns="${PACKAGE}/content-types"/>`,
    '_rels/.rels': relationships([['w', 'officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': part(
      'workbook',
      element('workbookPr', '', `date1904="${draft.from1904 ? 1 : 0}"`) + element('sheets', sheets.join('')),
    ),
    'xl/_rels/workbook.xml.rels': relationships([
      ...draft.sheets.map((_, nth) => [`s${nth}`, 'worksheet', `worksheets/sheet${nth + 1}.xml`] as const),
      ['st', 'styles', 'styles.xml'],
      ...(strings ? ([['ss', 'sharedStrings', 'sharedStrings.xml']] as const) : []),
    ]),
    'xl/styles.xml': part('styleSheet', element('numFmts', custom.join('')) + element('cellXfs', xfs.join(''))),
    ...(strings ? { 'xl/sharedStrings.xml': part('sst', strings.join('')) } : {}),
    ...Object.fromEntries(
      draft.sheets.map(({ rows }, nth) => [
        `xl/worksheets/sheet${nth + 1}.xml`,
        part('worksheet', element('sheetData', rows)),
      ]),
    ),
    ...draft.parts,
  }
  const kept = Object.entries(parts).filter((entry): entry is [string, PackedFile] => entry[1] !== null)
  return await zipOf(Object.fromEntries(kept), draft.habit)
}

export function relationships(all: readonly (readonly [id: string, type: string, target: string])[]): string {
  const each = all.map(([id, type, target]) => `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`)
  return `<Relationships xmlns="${PACKAGE}/relationships">${each.join('')}</Relationships>`
}

/** Text as a workbook's writer puts it into XML: what XML cannot hold is spelt `_x0008_`, and what looks so, too. */
export function escaped(text: string): string {
  return text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(UNWRITABLE, (char) => `_x${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const UNWRITABLE = /[\0-\x08\x0b-\x1f\ufffe\uffff]/g

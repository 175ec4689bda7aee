import type { UnpackedTable } from '../../contract-files.ts'
import type { Archive, ArchiveEntry } from '../archive.ts'
import { fileFault } from '../faults.ts'
import type { UnpackingLimit } from '../unpacking-limit.ts'
import { Parts, type Relationship } from './parts.ts'
import { SharedStrings } from './shared-strings.ts'
import { sheetText } from './sheet.ts'
import { readStyles } from './styles.ts'
import { localName, readXml } from './xml.ts'

// An XLSX workbook as tables of text, one a sheet, in the order of its tabs. Macros, links and formulas are never run.

export type Workbook = {
  readonly tables: readonly UnpackedTable[]
  close(): Promise<void>
}

/** What kind of document an archive is: a document made of parts, or nothing but files. */
export type ArchiveKind = 'workbook' | 'files'

/**
 * Tells a workbook from an archive of files. Throws `file.workbook_unsupported` or `file.not_a_table` for a document
 * of another kind.
 */
export async function kindOfArchive(archive: Archive): Promise<ArchiveKind> {
  const parts = new Parts(archive)
  const main = await mainPart(parts)
  if (main?.toLowerCase().endsWith('.bin')) {
    throw unsupported('a binary Excel workbook (.xlsb)')
  }
  if (main !== null && parts.find(main) && (await rootOf(parts, main)) === 'workbook') return 'workbook'
  if (parts.find('mimetype') && parts.find('content.xml')) throw unsupported('an OpenDocument file (.ods)')
  if (parts.find('Index/Document.iwa') || parts.find('Index.zip')) throw unsupported('a Numbers document')
  if (parts.find('[Content_Types].xml')) {
    throw fileFault(
      'file.not_a_table',
      'This is an Office document, but no workbook: a text or a presentation. Give the CSV or Excel export itself.',
    )
  }
  return 'files'
}

function unsupported(what: string) {
  return fileFault('file.workbook_unsupported', `This is ${what}. Open it, save it as XLSX or CSV, and give that file.`)
}

async function mainPart(parts: Parts): Promise<string | null> {
  const main = (await parts.relationshipsOf('')).find(({ type }) => type === 'officeDocument')?.target
  return main ?? (parts.find('xl/workbook.xml') ? 'xl/workbook.xml' : null)
}

async function rootOf(parts: Parts, path: string): Promise<string> {
  let root = ''
  const part = parts.find(path)
  if (part) {
    await readXml(part, {
      open(name) {
        root ||= localName(name)
      },
      close() {},
      text() {},
    })
  }
  return root
}

const SHEETS_MAX = 1_000

type SheetEntry = { readonly name: string; readonly hidden: boolean; readonly relationship: string }

/** Throws `file.damaged`, or `file.empty` for a workbook without sheets. */
export async function openWorkbook(archive: Archive, limit: UnpackingLimit): Promise<Workbook> {
  const parts = new Parts(archive)
  const main = (await mainPart(parts)) ?? ''
  const { sheets, from1904 } = await readWorkbook(parts, main)
  const relationships = await parts.relationshipsOf(main)
  const byId = new Map(relationships.map((relationship) => [relationship.id, relationship]))
  const styles = await readStyles(partOfType(parts, relationships, 'styles'))
  const strings = new SharedStrings(partOfType(parts, relationships, 'sharedStrings'))
  const tables = sheets.flatMap(({ name, hidden, relationship }): UnpackedTable[] => {
    const found = byId.get(relationship)
    // Sheets that are a chart or a dialog have no cells.
    if (found && found.type !== 'worksheet') return []
    const part = found && parts.find(found.target)
    if (!part) throw missingPart(`sheet "${name.slice(0, 40)}"`)
    const sheet = { part, strings, styles, from1904, packedBytes: archive.packedBytes, limit }
    return [{ name, hidden, encoding: 'utf-8', again: true, bytes: () => sheetText(sheet), brokenOff: () => false }]
  })
  if (tables.length === 0) throw fileFault('file.empty', 'This workbook has no sheet with cells. Export it again.')
  return { tables, close: () => strings.close() }
}

/** Null when the workbook points at none. One that it points at must be there: without its styles a date is a number. */
function partOfType(parts: Parts, relationships: readonly Relationship[], type: string): ArchiveEntry | null {
  const target = relationships.find((relationship) => relationship.type === type)?.target
  if (target === undefined) return null
  const part = parts.find(target)
  if (!part) throw missingPart(`part "${target.slice(0, 100)}"`)
  return part
}

async function readWorkbook(parts: Parts, path: string): Promise<{ sheets: SheetEntry[]; from1904: boolean }> {
  const sheets: SheetEntry[] = []
  let from1904 = false
  const part = parts.find(path)
  if (!part) return { sheets, from1904 }
  await readXml(part, {
    open(tag, attributes) {
      const local = localName(tag)
      if (local === 'workbookPr') from1904 = attributes.date1904 === '1' || attributes.date1904 === 'true'
      if (local !== 'sheet') return
      if (sheets.length >= SHEETS_MAX) {
        throw fileFault('file.unpacks_too_large', 'The workbook has more than 1,000 sheets. Give the ones with sales.')
      }
      const { name = '', state = 'visible' } = attributes
      // The relationship's id is the one attribute called `id` that has a prefix, whichever that is.
      const key = Object.keys(attributes).find((attribute) => attribute.includes(':') && localName(attribute) === 'id')
      sheets.push({ name, hidden: state !== 'visible', relationship: (key && attributes[key]) ?? '' })
    },
    close() {},
    text() {},
  })
  return { sheets, from1904 }
}

function missingPart(what: string) {
  return fileFault(
    'file.damaged',
    `The workbook is damaged: its ${what} is not there. Open it in Excel or LibreOffice, save it again as XLSX or CSV, and give that file.`,
  )
}

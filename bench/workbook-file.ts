import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'

// A workbook as a till would export it: ten columns, four of them texts, of which one is different on every sale. Excel
// writes its parts in this order, and so does this.

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONSHIPS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const HEADINGS = ['Order', 'Date', 'Item', 'Quantity', 'Price', 'Discount', 'Tax', 'Total', 'Tender', 'Staff']
const ITEMS = Array.from({ length: 200 }, (_, nth) => `Article ${nth + 1} & more`)
const TENDERS = ['Cash', 'Card', 'Voucher']
const STAFF = Array.from({ length: 12 }, (_, nth) => `Till ${nth + 1}`)
const ROWS_PER_ORDER = 2

/** Writes `rows` rows below one row of headings. */
export async function writeWorkbookFile(file: string, rows: number): Promise<void> {
  const texts = [...HEADINGS, ...ITEMS, ...TENDERS, ...STAFF]
  const numbers = new Map(texts.map((text, nth) => [text, nth]))
  const zip = new ZipFile()
  const add = (name: string, text: string) => zip.addBuffer(Buffer.from(`<?xml version="1.0"?>${text}`), name)
  add(
    '[Content_Types].xml',
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
  )
  add('_rels/.rels', relationships(['officeDocument', 'xl/workbook.xml']))
  add(
    'xl/workbook.xml',
    `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONSHIPS}"><sheets><sheet name="Sales" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  )
  add(
    'xl/_rels/workbook.xml.rels',
    relationships(
      ['worksheet', 'worksheets/sheet1.xml'],
      ['styles', 'styles.xml'],
      ['sharedStrings', 'sharedStrings.xml'],
    ),
  )
  add(
    'xl/styles.xml',
    `<styleSheet xmlns="${MAIN}"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="2"/></cellXfs></styleSheet>`,
  )
  zip.addReadStream(Readable.from(sheet(rows, numbers)), 'xl/worksheets/sheet1.xml')
  zip.addReadStream(Readable.from(sharedStrings(rows, texts)), 'xl/sharedStrings.xml')
  zip.end()
  await pipeline(zip.outputStream, createWriteStream(file))
}

function relationships(...targets: readonly (readonly [type: string, target: string])[]): string {
  const each = targets.map(
    ([type, target], nth) => `<Relationship Id="rId${nth + 1}" Type="${RELATIONSHIPS}/${type}" Target="${target}"/>`,
  )
  return `<Relationships xmlns="${PACKAGE}/relationships">${each.join('')}</Relationships>`
}

function* sheet(rows: number, numbers: ReadonlyMap<string, number>): Generator<string> {
  const shared = (column: string, row: number, index: number) => `<c r="${column}${row}" t="s"><v>${index}</v></c>`
  const of = (column: string, row: number, text: string) => shared(column, row, numbers.get(text) ?? 0)
  const headings = HEADINGS.map((heading, nth) => of(String.fromCharCode(65 + nth), 1, heading)).join('')
  yield `<?xml version="1.0"?><worksheet xmlns="${MAIN}"><sheetData><row r="1">${headings}</row>`
  let text = ''
  for (let nth = 0; nth < rows; nth++) {
    const row = nth + 2
    const order = Math.floor(nth / ROWS_PER_ORDER)
    const cents = 100 + ((nth * 7919) % 4900)
    const amount = (column: string, value: number) => `<c r="${column}${row}" s="2"><v>${value / 100}</v></c>`
    text += `<row r="${row}" spans="1:10">${shared('A', row, numbers.size + order)}`
    text += `<c r="B${row}" s="1"><v>${46_000 + order / 700}</v></c>${of('C', row, ITEMS[nth % ITEMS.length] ?? '')}`
    text += `<c r="D${row}"><v>${1 + (nth % 3)}</v></c>${amount('E', cents)}${amount('F', cents % 50)}`
    text += `${amount('G', Math.round(cents * 0.19))}${amount('H', cents * (1 + (nth % 3)) - (cents % 50))}`
    text += `${of('I', row, TENDERS[order % TENDERS.length] ?? '')}${of('J', row, STAFF[order % STAFF.length] ?? '')}</row>`
    if (text.length < 256 * 1024) continue
    yield text
    text = ''
  }
  yield `${text}</sheetData></worksheet>`
}

function* sharedStrings(rows: number, texts: readonly string[]): Generator<string> {
  const item = (text: string) => `<si><t>${text.replace('&', '&amp;')}</t></si>`
  yield `<?xml version="1.0"?><sst xmlns="${MAIN}">${texts.map(item).join('')}`
  let text = ''
  for (let order = 0; order * ROWS_PER_ORDER < rows; order++) {
    text += item(`ORD-2026-${String(order).padStart(9, '0')}`)
    if (text.length < 256 * 1024) continue
    yield text
    text = ''
  }
  yield `${text}</sst>`
}

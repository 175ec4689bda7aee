import type { ArchiveEntry } from '../archive.ts'
import { fileFault } from '../faults.ts'
import { checkUnpacked, type UnpackingLimit } from '../unpacking-limit.ts'
import type { NumberFormat } from './number-format.ts'
import type { SharedStrings } from './shared-strings.ts'
import { missingText, type SheetRow, SheetRows } from './sheet-rows.ts'
import { XmlReader } from './xml.ts'

// A sheet as the text of a CSV file: comma, RFC 4180, line feeds. Row 17 of the sheet is record 17 of the text, and a
// row that ends early is filled up to the widest one above it, because workbooks leave out what is empty.

export type SheetOfWorkbook = {
  readonly part: ArchiveEntry
  readonly strings: SharedStrings
  /** By the number of the cell's style. */
  readonly styles: readonly NumberFormat[]
  readonly from1904: boolean
  /** Size of the workbook that it stands in. */
  readonly packedBytes: number
  readonly limit: UnpackingLimit
}

const CHUNK_CHARS = 64 * 1024
const ROW_CHARS_MAX = 16 * 1024 ** 2

/** Throws `file.damaged`, at the very end at the latest, `file.unpacks_too_large` or `file.too_many_columns`. */
export async function* sheetText(sheet: SheetOfWorkbook): AsyncGenerator<Buffer, void> {
  const rows = new SheetRows(sheet.styles, sheet.from1904)
  const reader = new XmlReader(sheet.part.path, rows)
  const text = new CsvText(sheet)
  for await (const chunk of sheet.part.bytes()) {
    reader.write(chunk)
    yield* text.of(rows)
  }
  reader.end()
  yield* text.of(rows)
  if (text.waiting) yield text.take()
  // A text that was handed out may be wrong, and that shows at the end of its part alone.
  await sheet.strings.finish()
}

class CsvText {
  private readonly sheet: SheetOfWorkbook
  private text = ''
  private width = 0
  private lines = 0
  private written = 0

  constructor(sheet: SheetOfWorkbook) {
    this.sheet = sheet
  }

  get waiting(): boolean {
    return this.text !== ''
  }

  async *of(source: SheetRows): AsyncGenerator<Buffer, void> {
    const { rows, stringMax } = source.take()
    if (rows.length === 0) return
    if (stringMax >= 0) await this.sheet.strings.reach(stringMax)
    for (const row of rows) {
      this.text += '\n'.repeat(row.number - this.lines - 1)
      this.add(row)
      this.lines = row.number
      if (this.text.length >= CHUNK_CHARS) yield this.take()
    }
  }

  take(): Buffer {
    const bytes = Buffer.from(this.text)
    this.text = ''
    // A few bytes of a sheet may name one long text again and again, and that was not counted as unpacked yet.
    this.written += bytes.length
    checkUnpacked(this.written, this.sheet.packedBytes, this.sheet.limit)
    return bytes
  }

  private add({ number, cells }: SheetRow): void {
    const { strings } = this.sheet
    let row = ''
    for (let column = 0; column < cells.length; column++) {
      const cell = cells[column]
      if (column > 0) row += ','
      if (typeof cell === 'number') {
        const text = strings.at(cell)
        if (text === null) throw missingText(number)
        row += text
      } else if (cell !== undefined) row += cell
      if (row.length > ROW_CHARS_MAX) throw longRow(number)
    }
    if (cells.length < this.width) row += ','.repeat(this.width - cells.length)
    else this.width = cells.length
    this.text += `${row}\n`
  }
}

function longRow(number: number) {
  return fileFault(
    'file.unpacks_too_large',
    `Row ${number} of a sheet holds more than 16 MiB of text. Delete the columns that are not needed, and give the file again.`,
  )
}

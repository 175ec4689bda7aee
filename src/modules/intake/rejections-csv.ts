import { CSV_START } from '#kernel/csv.ts'
import type { TenantId } from '#kernel/ids.ts'
import type { Intake } from './keep.ts'
import { listRejections } from './lists.ts'
import type { ImportRow } from './store.ts'

// The rejected rows as a table of the same shape as the one they came from, to be mended and given again. Ours stand in
// front, where no row with too many cells can push them aside, and their headings tell a reader to pass them over.

const OURS = ['tillwire_row', 'tillwire_code', 'tillwire_reason'] as const
const PAGE_ROWS = 500

export async function* rejectionLines(intake: Intake, tenantId: TenantId, row: ImportRow): AsyncGenerator<string> {
  const { detection } = row
  const delimiter = detection?.delimiter ?? ','
  const headers = detection?.columns.map(({ header }) => header) ?? []
  // A file that was mended once already brings our columns along; they are made anew.
  const isOurs = headers.map((header) => /^tillwire/i.test(header.trim()))
  const theirs = (cells: readonly string[]) => cells.filter((_, index) => isOurs[index] !== true)
  yield CSV_START + rejectionRecord([...OURS, ...theirs(headers)], delimiter)
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof listRejections>> = await intake.database.tenant(tenantId, (tx) =>
      listRejections(tx, tenantId, row.id, { limit: PAGE_ROWS, cursor }),
    )
    let lines = ''
    for (const { row: no, code, say, raw } of page.rows) {
      lines += rejectionRecord([String(no), code, say, ...theirs(intake.files.cellsOf(raw, delimiter))], delimiter)
    }
    if (lines !== '') yield lines
    cursor = page.nextCursor
  } while (cursor !== null)
}

const FORMULA_START = /^[=+\-@\t\r]/
/** Also with a comma: no program takes these for more than a number. */
const NUMBER = /^[+-]?\d[\d.,]*$/

/** What would run as a formula gets an apostrophe in front, which the reader of a mended file takes off again. */
function harmless(cell: string): string {
  return FORMULA_START.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell
}

/** One record; a table that is read back with these cells unguarded has the very same ones. */
export function rejectionRecord(cells: readonly string[], delimiter: string): string {
  const written = cells.map((cell) => {
    const safe = harmless(cell)
    const needsQuotes = safe.includes(delimiter) || /["\r\n]|^\s|\s$/.test(safe)
    return needsQuotes ? `"${safe.replaceAll('"', '""')}"` : safe
  })
  return `${written.join(delimiter)}\r\n`
}

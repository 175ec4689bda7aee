import type { Assembler } from './assemble.ts'
import { ROW_REJECTIONS, type RowRejectionCode } from './faults.ts'
import type { OpenSale } from './group.ts'
import type { Line, RowReading } from './line.ts'
import { externalIdOf } from './naming.ts'
import { isSaleBeyond } from './ranges.ts'
import type { Row } from './records.ts'
import { RAW_CHARS_MAX } from './row-reader.ts'
import type { Slices } from './slices.ts'

// What becomes of rows in the end: a sale in a slice, a refusal, or a count.

export type ClosedSale = Pick<OpenSale, 'id' | 'strong' | 'place' | 'minWall' | 'lines' | 'spoiled'>

/** A sale of which all rows are there goes into the slice whole, or its rows are refused together. */
export function settleSale(sale: ClosedSale, assembler: Assembler, slices: Slices): void {
  if (sale.spoiled) refuse(sale.lines, 'row.sale_incomplete', slices)
  else if (Number.isNaN(sale.minWall)) refuse(sale.lines, 'row.date_missing', slices)
  else {
    const assembled = assembler.assemble(sale.lines, externalIdOf(sale), 'sale')
    if (isSaleBeyond(assembled.sale, assembled.refunds, sale.lines.length)) {
      refuse(sale.lines, 'row.amount_range', slices)
    } else slices.add(assembled)
  }
}

function refuse(lines: readonly Line[], code: RowRejectionCode, slices: Slices): void {
  for (const { row, raw } of lines) {
    slices.reject({ row, raw: raw.slice(0, RAW_CHARS_MAX), code, say: ROW_REJECTIONS[code], column: null })
  }
}

const COUNTED = { total: 'total_row', header: 'header_repeated', passed: 'row_passed_over' } as const

/** A row that is no line of a sale. */
export function settleOther(reading: Exclude<RowReading, Line>, row: Row, slices: Slices): void {
  if (reading.kind === 'rejected') {
    slices.reject(reading.rejected)
    if (!row.ended && row.flaw === 'row.cut_off') slices.notice('file_truncated', 1)
  } else if (reading.kind !== 'blank') slices.notice(COUNTED[reading.kind], 1)
}

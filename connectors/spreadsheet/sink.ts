import { Assembler } from './assemble.ts'
import { GENERATION_ROWS, type OpenSale, OpenSales } from './group.ts'
import { rowId } from './ids.ts'
import type { Line, RowReading } from './line.ts'
import { contentOf } from './naming.ts'
import { Ordinals } from './ordinals.ts'
import type { Plan } from './plan.ts'
import type { Row } from './records.ts'
import { RowKey } from './reopen.ts'
import { RowReader } from './row-reader.ts'
import { settleOther, settleSale } from './settle.ts'
import type { Slices } from './slices.ts'

/** Takes rows one by one and puts whole sales into slices. */
export class SaleSink {
  /** Rows read, blank ones not counted. */
  rowsRead = 0
  private rowsSeen = 0
  private generation = 0
  private closed: readonly OpenSale[] = []
  private closedAt = 0
  private readonly slices: Slices
  private readonly reader: RowReader
  private readonly assembler: Assembler
  private readonly sales: OpenSales
  private readonly ordinals = new Ordinals()
  private readonly returns: ((cells: readonly string[]) => boolean) | null

  private readonly memory: 'forget' | 'keep'

  /** `returning`: keys whose rows come back after long. `keep`: the rows are few enough that nothing is forgotten. */
  constructor(plan: Plan, slices: Slices, returning: ReadonlySet<number>, memory: 'forget' | 'keep' = 'forget') {
    this.memory = memory
    this.reader = new RowReader(plan)
    this.slices = slices
    this.assembler = new Assembler(plan, this.reader)
    const rowKey = returning.size > 0 ? new RowKey(plan) : null
    this.returns = rowKey && ((cells) => returning.has(rowKey.ofCells(cells)))
    this.sales = new OpenSales(this.reader, plan.ids, this.returns)
  }

  /** Whether there is something for `fill` to do. */
  row(row: Row): boolean {
    if (this.rowsSeen > 0 && this.rowsSeen % GENERATION_ROWS === 0 && this.memory === 'forget') {
      this.nextGeneration(row.row)
    }
    this.rowsSeen++
    const reading = this.reader.read(row)
    if (reading.kind === 'blank') return false
    this.rowsRead++
    if (reading.kind === 'line') this.line(reading, row.cells)
    else this.other(reading, row)
    return this.slices.full || this.closed.length > 0
  }

  /** Puts closed sales into the slice until it is full; false when all of them are in and there is room left. */
  fill(): boolean {
    while (!this.slices.full && this.closedAt < this.closed.length) {
      const sale = this.closed[this.closedAt++]
      if (sale) settleSale(sale, this.assembler, this.slices)
    }
    if (this.closedAt >= this.closed.length) {
      this.closed = []
      this.closedAt = 0
    }
    this.tellNoticed()
    return this.slices.full
  }

  end(): void {
    this.closed = [...this.closed.slice(this.closedAt), ...this.sales.closeAll()]
    this.closedAt = 0
  }

  private line(line: Line, cells: readonly string[]): void {
    if (line.id !== null) {
      this.sales.add(line, line.id, this.generation, cells)
      return
    }
    const content = contentOf(line, this.reader)
    const ordinal = this.ordinals.next(content, this.returns?.(cells) ?? false)
    this.slices.add(this.assembler.assemble([line], rowId(content, ordinal), 'row'))
  }

  private other(reading: Exclude<RowReading, Line>, row: Row): void {
    const sale = reading.kind === 'rejected' ? reading.sale : null
    if (sale) this.sales.spoil(sale, row.row, this.generation, row.cells)
    settleOther(reading, row, this.slices)
  }

  private nextGeneration(rowNow: number): void {
    this.generation++
    this.ordinals.nextGeneration()
    const closed = this.sales.closeBefore(this.generation - 1, rowNow)
    this.closed = this.closed.length === this.closedAt ? closed : [...this.closed.slice(this.closedAt), ...closed]
    this.closedAt = 0
  }

  private tellNoticed(): void {
    for (const [code, times] of this.reader.noticed) this.slices.notice(code, times)
    this.reader.noticed.clear()
  }
}

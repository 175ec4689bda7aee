import type { FileRefund, FileSale, FileSlice, RejectedRow } from '../contract-files.ts'
import type { Assembled } from './assemble.ts'

/** Gathers what was read until it makes a slice. Where slices are cut depends on the rows alone. */
export class Slices {
  private index = 0
  private rows = 0
  private sales: FileSale[] = []
  private refunds: FileRefund[] = []
  private rejected: RejectedRow[] = []
  private noticed: Record<string, number> = {}
  private readonly rowsPerSlice: number

  constructor(rowsPerSlice: number) {
    this.rowsPerSlice = Math.max(1, rowsPerSlice)
  }

  get full(): boolean {
    return this.rows >= this.rowsPerSlice
  }

  get anything(): boolean {
    return this.rows > 0 || this.index === 0 || Object.keys(this.noticed).length > 0
  }

  add(assembled: Assembled): void {
    const { sale, refunds, noticed } = assembled
    if (sale) {
      this.sales.push(sale)
      this.rows += sale.rows.length
    }
    for (const refund of refunds) {
      this.refunds.push(refund)
      this.rows += refund.rows.length
    }
    for (const code of noticed) this.notice(code, 1)
  }

  reject(row: RejectedRow): void {
    this.rejected.push(row)
    this.rows++
  }

  notice(code: string, times: number): void {
    this.noticed[code] = (this.noticed[code] ?? 0) + times
  }

  take(rowsRead: number, progress: number): FileSlice {
    const slice: FileSlice = {
      index: this.index++,
      sales: this.sales,
      refunds: this.refunds,
      rejected: this.rejected,
      rowsRead,
      progress,
      noticed: this.noticed,
    }
    this.rows = 0
    this.sales = []
    this.refunds = []
    this.rejected = []
    this.noticed = {}
    return slice
  }
}

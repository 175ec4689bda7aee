import type { SaleFiling } from './filing.ts'

// Our reading of one version of a sale, as JSON that is kept when the version no longer stands. Its shape is canon's own;
// amounts are texts, since JSON has no integers of their size.

export type Snapshot = Pick<SaleFiling, 'siteId' | 'businessDate' | 'businessHour' | 'sale'> & {
  readonly id: string
  readonly version: number
}

export function snapshotText(from: Snapshot): string {
  const { id, version, siteId, businessDate, businessHour, sale } = from
  return JSON.stringify(
    { id, version, siteId, businessDate, businessHour, sale: { ...sale, refunds: [] } },
    bigintsAsText,
  )
}

/** For JSON.stringify: bigints become texts and are read back as bigints. */
export function bigintsAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

import type { PushStatistics } from '../../app/wire.ts'

export type Sum = {
  readonly total: number
  readonly successful: number
  readonly failed: number
  readonly open: number
  readonly person: number
  readonly retried: number
  readonly recovered: number
  /** Percent of those that have ended; null of none. */
  readonly rate: number | null
  /** Of the slowest connection: percentiles cannot be added up, and this one promises nothing too good. */
  readonly p50: number | null
  readonly p95: number | null
}

/** All connections together. */
export function summed(rows: readonly PushStatistics[]): Sum {
  const add = (of: (row: PushStatistics) => number): number => rows.reduce((sum, row) => sum + of(row), 0)
  const slowest = (of: (row: PushStatistics) => number | null): number | null => {
    const known = rows.flatMap((row) => of(row) ?? [])
    return known.length === 0 ? null : Math.max(...known)
  }
  const successful = add((row) => row.successful)
  const failed = add((row) => row.failed)
  const ended = successful + failed
  return {
    total: add((row) => row.total),
    successful,
    failed,
    open: add((row) => row.open),
    person: add((row) => row.waits_for_person),
    retried: add((row) => row.retried),
    recovered: add((row) => row.recovered),
    rate: ended === 0 ? null : (successful * 100) / ended,
    p50: slowest((row) => row.p50_ms),
    p95: slowest((row) => row.p95_ms),
  }
}

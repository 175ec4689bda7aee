import type { Instant } from '#kernel/instant.ts'
import type { DataType, PullWindow } from '../../../../connectors/contract.ts'
import type { Batch } from './batches.ts'

// A window is a stretch of one stream, for some places, read page by page. It remembers a cursor, and beside it the time
// up to which everything is read: a cursor may be lost at any moment, that time is not.

export type WindowState = 'open' | 'done' | 'failed'

export type SyncWindow = {
  /** Rises within the run in the order in which windows were planned. */
  readonly no: number
  readonly dataType: DataType
  /** 0 for what is read whole; then periods, 1 the newest. */
  readonly round: number
  /** Place of the stream among the connector's: smaller ones of a period are read first. */
  readonly stage: number
  readonly stream: string
  readonly by: PullWindow['by']
  readonly from: Instant
  readonly to: Instant
  readonly locations: Batch
  readonly state: WindowState
  /** Where the present walk began: a cursor is only good for the question it was given to. */
  readonly walkFrom: Instant
  readonly cursor: string | null
  readonly reachedAt: Instant | null
  readonly pages: number
  readonly records: number
  readonly counted: number
  /** Failures in a row. */
  readonly tries: number
  readonly dueAt: Instant | null
}

/** What the provider is asked for next. */
export function askingOf(window: SyncWindow): PullWindow {
  return { by: window.by, from: window.walkFrom, to: window.to, locations: window.locations }
}

/** The same window when its cursor is no longer known: it goes on after what is read. */
export function withoutCursor(window: SyncWindow): SyncWindow {
  return { ...window, cursor: null, walkFrom: window.reachedAt ?? window.from }
}

import { Fault, type FaultPlace } from '#kernel/fault.ts'
import { addDays, findInstant, findLocalDate, type Instant, instant, instantText } from '#kernel/instant.ts'
import type { LiveConnection } from '#modules/connections/live.ts'
import type { DataType } from '../../../../connectors/contract.ts'
import { SYNC_FAULTS } from './faults.ts'
import { EARLIEST } from './span.ts'
import { startOfDayAnywhere } from './wanted.ts'

/** What a person asks for, before it is known to make sense. */
export type AskedSync = {
  readonly from: string | null
  readonly to: string | null
  readonly dataTypes: readonly DataType[] | null
}

export type CheckedSync = {
  readonly from: Instant | null
  readonly to: Instant | null
  readonly dataTypes: readonly DataType[]
}

const FURTHEST_WEST_MS = 12 * 3_600_000

/** A range that can be read, and kinds of data that the connection has. Throws `sync.range`, `sync.data-types`. */
export function checkWish(connection: LiveConnection, asked: AskedSync, now: Instant): CheckedSync {
  const from = asked.from === null ? null : startOf(asked.from)
  const to = asked.to === null ? null : endOf(asked.to, now)
  const places: FaultPlace[] = []
  if (asked.from !== null && from === null) places.push({ pointer: '/from', detail: 'is neither a day nor a time' })
  if (asked.to !== null && to === null) places.push({ pointer: '/to', detail: 'is neither a day nor a time' })
  if (from !== null && from < EARLIEST) places.push({ pointer: '/from', detail: 'lies before 2000' })
  if (from !== null && from > now) places.push({ pointer: '/from', detail: 'lies in the future' })
  if (to !== null && to > now) places.push({ pointer: '/to', detail: 'lies in the future' })
  if (from !== null && from > (to ?? now)) places.push({ pointer: '/to', detail: 'lies before `from`' })
  if (places.length > 0) {
    throw new Fault('invalid', 'sync.range', { say: SYNC_FAULTS['sync.range'], places })
  }
  return { from, to, dataTypes: dataTypesOf(connection, asked.dataTypes) }
}

function dataTypesOf({ dataTypes }: LiveConnection, asked: readonly DataType[] | null): readonly DataType[] {
  const wanted = [...new Set(asked ?? dataTypes)]
  const unknown = wanted.filter((one) => !dataTypes.includes(one))
  if (unknown.length === 0 && wanted.length > 0) return wanted
  throw new Fault('invalid', 'sync.data-types', {
    say: SYNC_FAULTS['sync.data-types'],
    detail: { data_types: [...dataTypes] },
    places: [{ pointer: '/data_types', detail: `may name ${dataTypes.join(', ')}` }],
  })
}

/** A time as it is, a day from where it begins first in the world. */
function startOf(text: string): Instant | null {
  const day = findLocalDate(text)
  return day === null ? timeOf(text) : startOfDayAnywhere(day)
}

/** A time as it is, a day until where it ends last in the world, and no further than now. */
function endOf(text: string, now: Instant): Instant | null {
  const day = findLocalDate(text)
  if (day === null) return timeOf(text)
  const begins = Date.parse(`${day}T00:00:00Z`)
  // A day that has not begun anywhere yet is no end.
  if (begins > now + FURTHEST_WEST_MS + 2 * 3_600_000) return instant(begins)
  return instant(Math.min(Date.parse(`${addDays(day, 1)}T00:00:00Z`) + FURTHEST_WEST_MS, now))
}

const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/i

/** A time without an offset would mean another moment on every machine. */
function timeOf(text: string): Instant | null {
  const at = WITH_OFFSET.test(text) ? findInstant(text) : null
  return at === null ? null : instant(Date.parse(instantText(at)))
}

import { addDays, daysIn } from '../../app/dates.ts'
import type { Growth } from '../../app/wire.ts'

/** Above this share of unknown days, a change says more about the gaps than about the shop. */
const UNKNOWN_SHARE_MAX = 0.1

/** Whether enough of the period before is known to state a change in percent. */
export function isComparable(growth: Pick<Growth, 'from' | 'to' | 'coverage'>): boolean {
  if (growth.coverage.state === 'complete') return true
  const unknown = new Set<string>()
  for (const gap of growth.coverage.gaps) {
    const first = gap.from > growth.from ? gap.from : growth.from
    const last = gap.to < growth.to ? gap.to : growth.to
    for (let day = first; day <= last; day = addDays(day, 1)) unknown.add(day)
  }
  return unknown.size <= daysIn(growth) * UNKNOWN_SHARE_MAX
}

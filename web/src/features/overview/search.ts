import { type RangeSearch, readRangeSearch } from '../../app/dates.ts'
import type { Comparison } from '../../app/wire.ts'

// What the overview keeps in its address, so that a view can be sent to somebody. What is left out has its default.

export const COMPARISONS = ['previous', 'same_weekdays', 'last_year', 'none'] as const
export type ComparisonChoice = (typeof COMPARISONS)[number]
export const DEFAULT_RANGE = '28d'
export const DEFAULT_COMPARISON: ComparisonChoice = 'previous'

export type OverviewSearch = RangeSearch & {
  readonly compare?: ComparisonChoice | undefined
  readonly site?: string | undefined
  readonly currency?: string | undefined
}

export function readOverviewSearch(search: Readonly<Record<string, unknown>>): OverviewSearch {
  const compare = COMPARISONS.find((one) => one === search.compare)
  const { site, currency } = search
  return {
    ...readRangeSearch(search),
    ...(compare === undefined || compare === DEFAULT_COMPARISON ? {} : { compare }),
    ...(typeof site === 'string' && site !== '' ? { site } : {}),
    ...(typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) ? { currency } : {}),
  }
}

export function comparisonAsked(search: OverviewSearch): Comparison | undefined {
  const choice = search.compare ?? DEFAULT_COMPARISON
  return choice === 'none' ? undefined : choice
}

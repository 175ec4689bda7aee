import { type RangeSearch, readRangeSearch } from '../../app/dates.ts'
import type { OrderState, PushStatus } from '../../app/wire.ts'

// The filters of the list, as they stand in its address.

export const PROGRESSES = [
  'placed',
  'accepted',
  'preparing',
  'ready',
  'dispatched',
  'completed',
  'cancel_requested',
  'cancelled',
] as const satisfies readonly OrderState[]
export const PUSHES = ['pending', 'syncing', 'retry', 'success', 'failed', 'none'] as const satisfies readonly (
  | PushStatus
  | 'none'
)[]

export type OrdersSearch = RangeSearch & {
  readonly q?: string | undefined
  readonly channel?: string | undefined
  readonly progress?: OrderState | undefined
  readonly push?: (typeof PUSHES)[number] | undefined
  readonly site?: string | undefined
  readonly test?: 'true' | 'false' | undefined
}

const WORDS = ['q', 'channel', 'site'] as const

export function readOrdersSearch(search: Readonly<Record<string, unknown>>): OrdersSearch {
  const words = WORDS.flatMap((name) => {
    const value = search[name]
    // An order's number arrives as a number.
    const text = typeof value === 'number' ? String(value) : value
    return typeof text === 'string' && text.trim() !== '' ? [[name, text.trim().slice(0, 200)]] : []
  })
  const progress = PROGRESSES.find((one) => one === search.progress)
  const push = PUSHES.find((one) => one === search.push)
  const test = (['true', 'false'] as const).find((one) => one === String(search.test))
  return {
    ...readRangeSearch(search),
    ...(Object.fromEntries(words) as Partial<Record<(typeof WORDS)[number], string>>),
    ...(progress === undefined ? {} : { progress }),
    ...(push === undefined ? {} : { push }),
    ...(test === undefined ? {} : { test }),
  }
}

export function isFiltered(search: OrdersSearch): boolean {
  return Object.values(search).some((value) => value !== undefined)
}

export const PERIODS = [1, 7, 30, 90] as const
export type Period = (typeof PERIODS)[number]
export type StatisticsSearch = { readonly days?: Period }

export function readStatisticsSearch(search: Readonly<Record<string, unknown>>): StatisticsSearch {
  const days = PERIODS.find((one) => String(one) === String(search.days))
  return days === undefined || days === 7 ? {} : { days }
}

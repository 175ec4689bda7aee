import { isDay, type RangeSearch, readRangeSearch } from '../../app/dates.ts'
import type { SaleStatus } from '../../app/wire.ts'

// The filters of the list, as they stand in its address. Amounts are in major units, as a person types them.

export type SalesSearch = RangeSearch & {
  readonly q?: string | undefined
  readonly status?: SaleStatus | undefined
  readonly site?: string | undefined
  readonly item?: string | undefined
  readonly min?: number | undefined
  readonly max?: number | undefined
  readonly day?: string | undefined
  readonly connection?: string | undefined
  readonly import?: string | undefined
}

const WORDS = ['q', 'site', 'item', 'connection', 'import'] as const

export function readSalesSearch(search: Readonly<Record<string, unknown>>): SalesSearch {
  const words = WORDS.flatMap((name) => {
    const value = search[name]
    // A number of a receipt arrives as a number.
    const text = typeof value === 'number' ? String(value) : value
    return typeof text === 'string' && text.trim() !== '' ? [[name, text.trim()]] : []
  })
  const status = (['open', 'closed', 'voided'] as const).find((one) => one === search.status)
  return {
    ...readRangeSearch(search),
    ...(Object.fromEntries(words) as Partial<Record<(typeof WORDS)[number], string>>),
    ...(status === undefined || status === 'closed' ? {} : { status }),
    ...amount('min', search.min),
    ...amount('max', search.max),
    ...(isDay(search.day) ? { day: search.day } : {}),
  }
}

function amount<Name extends 'min' | 'max'>(name: Name, value: unknown): { [Key in Name]?: number } {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) return {}
  return { [name]: number } as { [Key in Name]: number }
}

export function isFiltered(search: SalesSearch): boolean {
  return Object.values(search).some((value) => value !== undefined)
}

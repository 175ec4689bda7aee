import type { ItemMappingState } from '../../app/wire.ts'

// What is looked at, as it stands in the address.

export const SHOWS = ['all', 'open', 'suggested', 'unmapped', 'broken', 'repriced', 'mapped'] as const
export type Show = (typeof SHOWS)[number]

export type MappingSearch = {
  readonly connection?: string
  readonly channel?: string
  readonly show?: Exclude<Show, 'all'>
  readonly q?: string
}

export function readMappingSearch(search: Readonly<Record<string, unknown>>): MappingSearch {
  const show = SHOWS.find((one) => one === search.show)
  const text = (name: string): string | undefined => {
    const value = search[name]
    const word = typeof value === 'number' ? String(value) : value
    return typeof word === 'string' && word.trim() !== '' ? word.trim().slice(0, 200) : undefined
  }
  const [connection, channel, q] = [text('connection'), text('channel'), text('q')]
  return {
    ...(connection === undefined ? {} : { connection }),
    ...(channel === undefined ? {} : { channel }),
    ...(show === undefined || show === 'all' ? {} : { show }),
    ...(q === undefined ? {} : { q }),
  }
}

/** The hub's own words for what is shown: other prices are found among what is mapped. */
export function statesOf(show: MappingSearch['show']): readonly ItemMappingState[] | undefined {
  if (show === undefined) return undefined
  if (show === 'open') return ['suggested', 'unmapped']
  return show === 'repriced' ? ['mapped'] : [show]
}

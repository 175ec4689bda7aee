import { comparePrices, isRepriced } from './prices.ts'
import type { MappingRow } from './store-mapping-rows.ts'

// What stands in the way of an order before it is placed: items that stand for nothing, for what is sold no longer, or for
// what costs something else.

export type Finding = { readonly itemId: string; readonly name: string }

export type Findings = {
  readonly items: number
  readonly mapped: number
  /** Neither those that a person said stand for none, nor modifiers. */
  readonly unmapped: number
  readonly unmappedModifiers: number
  readonly removed: number
  readonly repriced: number
  readonly examples: Examples
}

/** A few of each, by name. */
export type Examples = {
  readonly unmapped: readonly Finding[]
  readonly unmapped_modifiers: readonly Finding[]
  readonly removed: readonly Finding[]
  readonly repriced: readonly Finding[]
}

const EXAMPLES_MAX = 5

export function findingsOf(rows: readonly MappingRow[]): Findings {
  const open = rows.filter(({ match, none }) => match === null && !none)
  const unmapped = open.filter(({ item }) => item.kind === 'item')
  const modifiers = open.filter(({ item }) => item.kind === 'modifier')
  const removed = rows.filter(({ state }) => state === 'broken')
  const repriced = rows.filter(isPricedOtherwise)
  return {
    items: rows.length,
    mapped: rows.filter(({ state }) => state === 'mapped').length,
    unmapped: unmapped.length,
    unmappedModifiers: modifiers.length,
    removed: removed.length,
    repriced: repriced.length,
    examples: {
      unmapped: examplesOf(unmapped),
      unmapped_modifiers: examplesOf(modifiers),
      removed: examplesOf(removed),
      repriced: examplesOf(repriced),
    },
  }
}

function isPricedOtherwise({ item, state, match }: MappingRow): boolean {
  if (state !== 'mapped' || match === null || match.article === null) return false
  return isRepriced(comparePrices(item, match.article, match.pricesAccepted))
}

function examplesOf(rows: readonly MappingRow[]): Finding[] {
  return rows.slice(0, EXAMPLES_MAX).map(({ item }) => ({
    itemId: item.id,
    name: item.variant === null ? item.name : `${item.name} – ${item.variant}`,
  }))
}

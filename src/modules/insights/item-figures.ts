import { add, type Decimal, ZERO } from '#kernel/decimal.ts'
import { type Decimals, shareOf } from './share.ts'
import type { ItemSums } from './sums.ts'
import { contains, type Window } from './window.ts'
import type { FiguresBlock } from './wire.ts'

type ItemFigure = FiguresBlock['top_items'][number]
type CategoryFigure = FiguresBlock['categories'][number]

export type ItemBlock = Pick<FiguresBlock, 'top_items' | 'slow_items' | 'categories'>

/** How many items of each kind a page shows; a download has them all. */
export const ITEMS_SHOWN = 20

export type ItemView = {
  readonly window: Window
  readonly decimal: Decimals
  /** Some source of this currency states no amounts at all. */
  readonly someUnpriced: boolean
  readonly itemsMax: number
}

/** Ranks the items of one currency. `items` holds what sold in the window or within 400 days before its end. */
export function itemBlockOf(items: readonly ItemSums[], view: ItemView): ItemBlock {
  const { window, decimal, itemsMax } = view
  const touched = items.filter((item) => item.quantity !== ZERO || item.net !== 0n || contains(window, item.lastSoldOn))
  const whole = touched.reduce((sum, item) => sum + item.net, 0n)
  const figureOf = (item: ItemSums): ItemFigure => ({
    item_name: item.name,
    variant: item.variant,
    category: item.category,
    quantity_sold: Number(item.quantity),
    revenue: item.amountless && view.someUnpriced ? null : decimal(item.net),
    share: shareOf(item.net, whole),
    last_sold_on: item.lastSoldOn,
  })
  const best = touched.toSorted((a, b) => compareBig(b.net, a.net) || compareQuantity(b, a) || byName(a, b))
  const slowest = items.toSorted(
    (a, b) =>
      compareQuantity(a, b) || compareBig(a.net, b.net) || compareText(a.lastSoldOn, b.lastSoldOn) || byName(a, b),
  )
  return {
    top_items: best.slice(0, itemsMax).map(figureOf),
    slow_items: slowest.slice(0, Math.min(itemsMax, Math.floor(items.length / 2))).map(figureOf),
    categories: categoriesOf(touched, whole, decimal),
  }
}

function categoriesOf(items: readonly ItemSums[], whole: bigint, decimal: Decimals): CategoryFigure[] {
  const sums = new Map<string | null, { quantity: Decimal; net: bigint }>()
  for (const item of items) {
    const sum = sums.get(item.category) ?? { quantity: ZERO, net: 0n }
    sums.set(item.category, { quantity: add(sum.quantity, item.quantity), net: sum.net + item.net })
  }
  return [...sums]
    .sort(
      ([a, one], [b, other]) =>
        compareBig(other.net, one.net) ||
        Number(other.quantity) - Number(one.quantity) ||
        compareText(a ?? '', b ?? ''),
    )
    .map(([category, { quantity, net }]) => ({
      category,
      quantity_sold: Number(quantity),
      revenue: decimal(net),
      share: shareOf(net, whole),
    }))
}

function compareBig(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function compareQuantity(a: ItemSums, b: ItemSums): number {
  return Number(a.quantity) - Number(b.quantity)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

// The last word in every ranking, so that equal items never change places between two answers.
function byName(a: ItemSums, b: ItemSums): number {
  return compareText(`${a.name}\u0000${a.variant}\u0000${a.category}`, `${b.name}\u0000${b.variant}\u0000${b.category}`)
}

import type { SiteDay } from './day.ts'
import type { Choice } from './menu.ts'
import { allocated, big, dividedHalfUp } from './money.ts'
import type { Dice } from './random.ts'
import type { TradeSale } from './sale.ts'

/** The part of a line that a discount reads and writes. A gift card, which has no choice, is never discounted. */
type Discountable = { readonly choice: Choice | null; readonly gross: number; discount: number }

const NONE: TradeSale['orderDiscounts'] = []

/** Marks one line down, if luck and one of the shop's offers meet. */
export function discountLine(day: SiteDay, dice: Dice, lines: readonly Discountable[], wallHour: number): void {
  const { discounts } = day.floor.shop
  if (!dice.chance(discounts.lineChance) || discounts.lines.length === 0) return
  const offers = discounts.lines.filter((offer) => offer.fromHour === undefined || wallHour >= offer.fromHour)
  if (offers.length === 0) return
  const { categories, percent } = dice.byWeight(offers)
  const line = lines.find(({ choice }) => choice !== null && (categories?.includes(choice.category.key) ?? true))
  if (line !== undefined) line.discount = dividedHalfUp(line.gross * percent, 100)
}

/** Takes the order's discount off the lines, each by its part, and answers it as the receipt names it. */
export function discountOrder(day: SiteDay, dice: Dice, lines: readonly Discountable[]): TradeSale['orderDiscounts'] {
  const { discounts } = day.floor.shop
  if (!dice.chance(discounts.orderChance) || discounts.orders.length === 0) return NONE
  const { name, percent } = dice.byWeight(discounts.orders)
  const nets = lines.map((line) => (line.choice === null ? 0 : line.gross - line.discount))
  const amount = dividedHalfUp(nets.reduce((sum, net) => sum + net, 0) * percent, 100)
  if (amount === 0) return NONE
  const parts = allocated(amount, nets)
  lines.forEach((line, at) => {
    line.discount += parts[at] ?? 0
  })
  return [{ name, amount: big(amount) }]
}

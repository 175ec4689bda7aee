import type { Order } from '#canon/order.ts'
import type { CurrencyCode } from '#kernel/currency.ts'
import { type Minor, majorText } from '#kernel/money.ts'
import type { OrderRemark, OutgoingOrder } from '../../contract.ts'
import type { Settings } from '../settings.ts'
import { type Bill, type BillLine, billOf, differenceOf, differenceText } from './bill.ts'
import { orderNote, shortened } from './notes.ts'
import { addonTarget, itemTarget, OPEN, type Target } from './target.ts'

/** An order with everything worked out that the shapes of the contracts only write down. */
export type Slip = {
  readonly settings: Settings
  readonly outgoing: OutgoingOrder
  readonly order: Order
  readonly bill: Bill
  readonly targets: readonly { readonly item: Target; readonly addons: readonly Target[] }[]
}

export function slipOf(outgoing: OutgoingOrder, settings: Settings): Slip {
  const { order, articles } = outgoing
  const article = (itemId: string | null) => (itemId === null ? undefined : articles.get(itemId))
  const targets = order.items.map(({ itemId, modifiers }) => {
    const item = article(itemId)
    return {
      item: item === undefined ? OPEN : itemTarget(item),
      addons: modifiers.map((modifier) => {
        const addon = article(modifier.itemId)
        return addon === undefined ? OPEN : addonTarget(addon)
      }),
    }
  })
  return { settings, outgoing, order, bill: billOf(order), targets }
}

/** Money as they all write it: `"126.00"`. */
export function moneyText(amount: Minor, currency: CurrencyCode): string {
  return majorText(amount, currency)
}

export function lineName({ item, isWeighed }: BillLine): string {
  return isWeighed ? `${item.name} (${item.quantity})` : item.name
}

/** How a guest who gave no name, or whose name is not to be told, is called. */
export const GUEST = 'Guest'

/** What has to be known before any of it is sent. A problem keeps the order from being sent. */
export function remarksOn(slip: Slip): { problems: readonly OrderRemark[]; warnings: readonly OrderRemark[] } {
  return { problems: problemsOf(slip), warnings: warningsOf(slip) }
}

function problemsOf(slip: Slip): readonly OrderRemark[] {
  const { settings, outgoing, order, bill } = slip
  const { map, restaurantId, currency } = settings
  const problems: OrderRemark[] = []
  const wrong = (code: string, pointer: string, say: string) => void problems.push({ code, pointer, say })
  if (map.push.path === null) {
    wrong(
      'dine-pos.takes-no-orders',
      '',
      'The contract of this connection publishes no call that takes orders. Name it in the field map as push.path, if you were given one.',
    )
  }
  if (outgoing.location !== restaurantId) {
    wrong('dine-pos.other-restaurant', '/location', 'The order is for another place than this connection’s restaurant.')
  }
  if (order.currency !== currency) {
    wrong('dine-pos.currency', '/currency', `The restaurant takes ${currency}, and the order is in ${order.currency}.`)
  }
  if (order.items.length > map.limits.lines) {
    const most = map.limits.lines
    wrong('dine-pos.too-many-lines', '/items', `The order has ${order.items.length} lines, and ${most} are the most.`)
  }
  if (!map.open_items) problems.push(...unmapped(slip))
  const difference = differenceOf(bill)
  if (difference !== null) {
    wrong(
      'dine-pos.total-differs',
      '/total',
      `Items, less discounts, with taxes and charges, differ from the total by ${differenceText(difference, bill)}; the system would refuse it.`,
    )
  }
  return problems
}

function unmapped({ order, targets }: Slip): readonly OrderRemark[] {
  const say = (name: string) => `“${name}” is matched with nothing in the restaurant’s menu. Match it, then push again.`
  return order.items.flatMap(({ name, modifiers }, nth) => [
    ...(targets[nth]?.item === OPEN
      ? [{ code: 'orders.unmapped-item', pointer: `/items/${nth}/item_id`, say: say(name) }]
      : []),
    ...modifiers.flatMap((modifier, of) => {
      if (targets[nth]?.addons[of] !== OPEN) return []
      const pointer = `/items/${nth}/modifiers/${of}/item_id`
      return [{ code: 'orders.unmapped-item', pointer, say: say(modifier.name) }]
    }),
  ])
}

function warningsOf({ settings, outgoing, order, bill, targets }: Slip): readonly OrderRemark[] {
  const warnings: OrderRemark[] = []
  const warn = (code: string, pointer: string, say: string) => void warnings.push({ code, pointer, say })
  for (const [nth, { isWeighed }] of bill.lines.entries()) {
    if (!isWeighed) continue
    warn(
      'dine-pos.weighed-line',
      `/items/${nth}/quantity`,
      'Quantity and price make no whole amount; the line goes as one piece for its rounded price, with the quantity in its name.',
    )
  }
  for (const [nth, { included }] of order.taxes.entries()) {
    if (!included) continue
    warn('dine-pos.tax-included', `/taxes/${nth}`, 'A tax inside the prices is not told: the system adds taxes on top.')
  }
  if (settings.map.open_items) {
    for (const [nth, { item }] of targets.entries()) {
      if (item === OPEN)
        warn('dine-pos.open-item', `/items/${nth}`, 'The item is matched with nothing and goes by its name.')
    }
  }
  const noteMax = settings.map.limits.note
  const notes = [
    ['/note', orderNote(order, outgoing.reference)] as const,
    ...order.items.map(({ note }, nth) => [`/items/${nth}/note`, note] as const),
  ]
  for (const [pointer, text] of notes) {
    if (!shortened(text, noteMax).isShortened) continue
    warn('dine-pos.note-shortened', pointer, `The note is longer than ${noteMax} characters and is shortened.`)
  }
  if (settings.profile === 'petpooja') warnings.push(...petpoojaWarnings(settings, bill))
  return warnings
}

function petpoojaWarnings({ map }: Settings, bill: Bill): readonly OrderRemark[] {
  const nameless = [...new Set(bill.taxes.map(({ name }) => name))].filter((name) => !Object.hasOwn(map.tax_ids, name))
  return [
    ...(bill.tip > 0n
      ? [
          {
            code: 'dine-pos.tip-as-service',
            pointer: '/tip',
            say: 'There is no field for a tip; it is added to the service charge.',
          },
        ]
      : []),
    ...nameless.map((name) => ({
      code: 'dine-pos.tax-without-id',
      pointer: '/taxes',
      say: `The tax ${name} has no id of the menu; name it in the field map under tax_ids.`,
    })),
  ]
}

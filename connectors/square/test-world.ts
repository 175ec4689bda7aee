import fc from 'fast-check'
import {
  at,
  type Json,
  makeOrder,
  makePayment,
  makeReturn,
  money,
  type OrderWish,
  orderWishes,
  tenderFor,
} from './test-orders.ts'

// A small world: a sale, perhaps a return paid back in one way or several, perhaps an exchange of what is left. Of every
// object all versions that Square showed on the way, oldest first.

export type Version = { readonly kind: 'order' | 'payment' | 'refund'; readonly wire: Json & { readonly id: string } }

export type World = {
  readonly country: string
  readonly versions: readonly Version[]
  /** What must stand in the end. */
  readonly sales: ReadonlyMap<string, number>
  readonly refunds: ReadonlyMap<string, number>
}

export type WorldWish = {
  readonly sale: OrderWish
  readonly exchange: OrderWish
  readonly returnsLines: 'none' | 'first' | 'all'
  readonly exchanges: boolean
  readonly refundParts: number
}

export const worldWishes: fc.Arbitrary<WorldWish> = fc.record({
  sale: orderWishes,
  exchange: orderWishes,
  returnsLines: fc.constantFrom('none', 'first', 'all'),
  exchanges: fc.boolean(),
  refundParts: fc.integer({ min: 1, max: 3 }),
})

export function makeWorld(wish: WorldWish): World {
  const { currency, country } = wish.sale.market
  const versions: Version[] = []
  const sales = new Map<string, number>()
  const refunds = new Map<string, number>()
  const tell = (kind: Version['kind'], ...wires: (Json & { readonly id: string })[]) => {
    versions.push(...wires.map((wire) => ({ kind, wire })))
  }

  const sale = makeOrder('SALE', wish.sale)
  sales.set('SALE', sale.total)
  const { line_items: _lines, ...thin } = sale.wire
  const unpaid = { ...sale.wire, state: 'OPEN', tenders: undefined, closed_at: undefined }
  tell('order', { ...thin, state: 'OPEN', tenders: undefined, updated_at: at(0) })
  tell('order', { ...unpaid, updated_at: at(1) }, sale.wire)
  for (const payment of sale.payments) {
    const fee = { processing_fee: [{ type: 'INITIAL', amount_money: money(3, currency) }], updated_at: at(9) }
    tell('payment', { ...payment, status: 'APPROVED', updated_at: at(0) }, payment, { ...payment, ...fee })
  }

  const returned =
    wish.returnsLines === 'all' ? sale.lines.map((_, no) => no) : wish.returnsLines === 'first' ? [0] : []
  const back = makeReturn(sale, returned, currency)
  if (back.total > 0) {
    const head = { id: 'RETURN', location_id: 'LTEST1', state: 'COMPLETED', created_at: at(20), closed_at: at(21) }
    const zero = { total_money: money(0, currency) }
    tell('order', { ...head, ...zero, updated_at: at(20) })
    tell('order', { ...head, ...zero, updated_at: at(21), returns: [back.wire], return_amounts: back.amounts })
    const parts = Math.min(wish.refundParts, back.total)
    for (let no = 0; no < parts; no++) {
      const part = Math.floor(back.total / parts)
      const amount = no === parts - 1 ? back.total - part * (parts - 1) : part
      const payment = sale.payments[no % Math.max(1, sale.payments.length)]
      const refund = {
        ...{ id: `REFUND${no}`, payment_id: payment?.id, order_id: 'RETURN', location_id: 'LTEST1' },
        ...{ amount_money: money(amount, currency), created_at: at(20 + no), reason: 'Wrong item' },
      }
      tell(
        'refund',
        { ...refund, status: 'PENDING', updated_at: at(20) },
        { ...refund, status: 'COMPLETED', updated_at: at(25) },
      )
      refunds.set(refund.id, amount)
    }
  }

  const left = wish.returnsLines === 'all' ? [] : sale.lines.map((_, no) => no).filter((no) => !returned.includes(no))
  if (wish.exchanges && left.length > 0) exchange(wish, makeReturn(sale, left, currency), { tell, sales, refunds })
  return { country, versions, sales, refunds }
}

type Telling = {
  tell(kind: Version['kind'], ...wires: (Json & { readonly id: string })[]): void
  readonly sales: Map<string, number>
  readonly refunds: Map<string, number>
}

function exchange(wish: WorldWish, back: ReturnType<typeof makeReturn>, { tell, sales, refunds }: Telling): void {
  const { market } = wish.sale
  const made = makeOrder('EXCH', { ...wish.exchange, market, tip: 0 }, 40)
  const net = made.total - back.total
  const paid = net > 0 ? [makePayment('EXCH-P0', 'EXCH', net, 0, market.currency, 41)] : []
  const wire = {
    ...made.wire,
    tenders: paid.map(tenderFor),
    returns: [back.wire],
    return_amounts: back.amounts,
    net_amounts: { total_money: money(net, market.currency) },
  }
  tell('order', { ...wire, state: 'OPEN', tenders: undefined, closed_at: undefined, updated_at: at(40) }, wire)
  for (const payment of paid) tell('payment', payment)
  sales.set('EXCH', made.total)
  const netted = Math.min(made.total, back.total)
  if (netted > 0) refunds.set('EXCH#exchange', netted)
  if (net >= 0) return
  const refund = {
    ...{ id: 'EXCH-R0', payment_id: 'SALE-P0', order_id: 'EXCH', location_id: 'LTEST1' },
    ...{ amount_money: money(-net, market.currency), created_at: at(43) },
  }
  tell(
    'refund',
    { ...refund, status: 'PENDING', updated_at: at(43) },
    { ...refund, status: 'COMPLETED', updated_at: at(44) },
  )
  refunds.set(refund.id, -net)
}

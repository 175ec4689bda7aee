import type { StageBooks } from '../../../connectors/conformance/stage.ts'
import type { Acme } from './acme.ts'
import type { Receipt } from './trade.ts'

// What Acme took, counted from its own receipts and refunds.

type Within = (at: string, place: string) => boolean

const TENDERS = { CASH: 'cash', CARD: 'card', GIFT: 'gift_card', WALLET: 'wallet', SWAP: 'other' } as const

export function booksOf(acme: Acme, within: Within): StageBooks[] {
  const [currency = 'EUR'] = acme.places.map((place) => place.currency)
  const sales = [...acme.receipts.values()].filter((one) => one.state === 'DONE' && within(one.done ?? '', one.place))
  const refunds = [...acme.refunds.values()].filter((one) => one.state === 'DONE' && within(one.created, one.place))
  if (sales.length + refunds.length === 0) return []
  const sum = <T>(items: readonly T[], of: (item: T) => number) =>
    BigInt(items.reduce((total, item) => total + of(item), 0))
  const money = sales.flatMap((one) => one.money)
  const byTender = Object.entries(TENDERS).map(([type, tender]) => {
    const paid = money.filter((one) => one.type === type)
    const back = refunds.filter((one) => one.type === type)
    const amount = sum(paid, (one) => one.amount)
    return [tender, { payments: paid.length, amount, refunded: sum(back, (one) => one.amount) }]
  })
  const lines = (kind: string) => (one: Receipt) =>
    one.lines.filter((line) => line.kind === kind).reduce((total, { gross }) => total + gross, 0)
  return [
    {
      currency,
      count: sales.length,
      total: sum(sales, (one) => one.total),
      gross: sum(sales, lines('GOODS')),
      discount: sum(sales, (one) => one.off),
      taxAdded: sum(sales, (one) => one.tax_on_top),
      taxIncluded: sum(sales, (one) => one.tax_inside),
      service: sum(sales, (one) => one.service),
      tip: sum(sales, (one) => one.tip),
      rounding: sum(sales, (one) => one.rounding),
      deferred: sum(sales, lines('VOUCHER')),
      refunds: {
        count: refunds.length,
        amount: sum(refunds, (one) => one.amount),
        tax: sum(refunds, (one) => one.tax),
        tip: sum(refunds, (one) => one.tip),
      },
      byTender: Object.fromEntries(byTender),
    },
  ]
}

/** The report that Acme itself offers: what was paid and given back. */
export function figuresOf(acme: Acme, within: Within) {
  return booksOf(acme, within).map(({ currency, tip, refunds, byTender }) => {
    const tenders = Object.values(byTender ?? {})
    return {
      currency,
      payments: tenders.reduce((total, { payments }) => total + payments, 0),
      paid: tenders.reduce((total, { amount }) => total + amount, 0n),
      tips: tip ?? 0n,
      refunds: refunds.count,
      refunded: refunds.amount,
    }
  })
}

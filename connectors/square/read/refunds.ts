import type { Refund, RefundItem } from '#canon/sale.ts'
import type { CurrencyCode } from '#kernel/currency.ts'
import type { Minor } from '#kernel/money.ts'
import type { Drift, Lookup, ReadRefund, RecordRef, Settling } from '../../contract.ts'
import type { WireOrder, WirePayment, WireRefund, WireReturn } from '../wire.ts'
import type { CheckedRecords } from './checked.ts'
import { exchangeId, givesBack, isPaid, isSale, nettedOf, returnTotal } from './due.ts'
import { mentionOf, quantityOf } from './items.ts'
import { momentOf } from './moments.ts'
import { minorOf, minorOrZero } from './money.ts'
import { readPaid, tenderOf, tenderOfDestination } from './payments.ts'
import { NO_SHARE, type Share, type Sharer, shareOut, type TipBack } from './shares.ts'

// Money given back. The refund is the money and has its own id; the order that it names says what came back. Whichever is
// there first, each refund is told under the same id, so that nothing is ever told twice or has to be taken back: items
// are told once the refunds that are known explain all that the order gives back.

export type RefundReading = {
  readonly refunds: readonly ReadRefund[]
  readonly settling: Settling | null
  readonly needs: readonly RecordRef[]
  readonly drift: readonly Drift[]
}

type Known = {
  /** The order that the refunds name. */
  readonly orderId: string
  readonly order: WireOrder | null
  readonly refunds: readonly WireRefund[]
  readonly payments: ReadonlyMap<string, WirePayment>
  readonly lookup: Lookup
}

/** `id` is that of the order with the return; `refund:<id>` for a refund that names none. */
export function readReturn(id: string, own: CheckedRecords, also: CheckedRecords, lookup: Lookup): RefundReading {
  const order = own.order ?? (also.order?.id === id ? also.order : null)
  const refunds = own.refunds.filter(({ status }) => status === 'COMPLETED' || status === 'PENDING').toSorted(byTime)
  const payments = new Map(also.payments.map((payment) => [payment.id ?? '', payment]))
  const known: Known = { orderId: id, order, refunds, payments, lookup }
  const wrong = refunds.flatMap(wrongOf)
  if (wrong.length > 0) return { refunds: [], settling: null, needs: [], drift: wrong }

  const netted = readNetted(known)
  const sharers = [...netted.sharers, ...refunds.map(sharerOf)]
  const back = order !== null && givesBack(order) && order.state !== 'CANCELED' ? returnTotal(order) : null
  const explained = back !== null && !netted.isOpen && sharers.reduce((sum, { amount }) => sum + amount, 0n) >= back
  const shares = explained ? sharesOf(order, sharers, lookup) : new Map<string, Share>()
  const facts = refunds.filter(({ status }) => status === 'COMPLETED').map((refund) => factOf(refund, known, shares))
  return {
    refunds: [...netted.sharers.map((sharer) => exchangeOf(sharer, known, shares)), ...facts].filter(isToldWhole),
    settling: settlingOf(known, back, explained, netted.isOpen),
    needs: needsOf(known),
    drift: [],
  }
}

/** The part of an exchange that paid for the sale; not known before the sale is paid. */
function readNetted({ order }: Known): { readonly sharers: readonly Sharer[]; readonly isOpen: boolean } {
  if (order === null || !isSale(order) || !givesBack(order) || order.state === 'CANCELED') {
    return { sharers: [], isOpen: false }
  }
  const paid = readPaid(order, []).sum
  if (!isPaid(order, paid)) return { sharers: [], isOpen: true }
  const amount = nettedOf(order, paid)
  return { sharers: amount === 0n ? [] : [{ id: exchangeId(order), amount, tenderId: null }], isOpen: false }
}

function sharesOf(order: WireOrder | null, sharers: readonly Sharer[], lookup: Lookup): ReadonlyMap<string, Share> {
  const returns = order?.returns ?? []
  const items = returns.flatMap((one) => itemsOf(one, lookup))
  return shareOut(sharers, items, tipsOf(order, returns), taxOf(order, returns, items))
}

function itemsOf({ return_line_items }: WireReturn, lookup: Lookup): readonly RefundItem[] {
  return (return_line_items ?? []).map((line) => ({
    saleItemExternalId: line.source_line_item_uid ?? null,
    article: mentionOf(line, lookup),
    quantity: quantityOf(line.quantity),
    amount: minorOrZero(line.total_money),
    tax: minorOrZero(line.total_tax_money),
  }))
}

function tipsOf(order: WireOrder | null, returns: readonly WireReturn[]): readonly TipBack[] {
  const tips = returns.flatMap(({ return_tips }) => return_tips ?? [])
  if (tips.length > 0) {
    return tips.map((tip) => ({ amount: minorOrZero(tip.applied_money), tenderId: tip.source_tender_id ?? null }))
  }
  return [{ amount: minorOrZero(order?.return_amounts?.tip_money), tenderId: null }]
}

function taxOf(order: WireOrder | null, returns: readonly WireReturn[], items: readonly RefundItem[]): Minor {
  const stated = minorOf(order?.return_amounts?.tax_money)
  if (stated !== null) return stated
  const parts = returns.map(({ return_amounts }) => minorOf(return_amounts?.tax_money))
  return parts.every((part) => part !== null)
    ? parts.reduce((sum, part) => sum + (part ?? 0n), 0n)
    : items.reduce((sum, item) => sum + item.tax, 0n)
}

function factOf(refund: WireRefund, known: Known, shares: ReadonlyMap<string, Share>): ReadRefund | null {
  const payment = known.payments.get(refund.payment_id ?? '')
  const refundedAt = momentOf(refund.created_at) ?? momentOf(refund.updated_at)
  if (refundedAt === null) return null
  const fact: Refund = {
    externalId: refund.id ?? '',
    refundedAt,
    amount: minorOrZero(refund.amount_money),
    ...(shares.get(refund.id ?? '') ?? NO_SHARE),
    tender: payment === undefined ? tenderOfDestination(refund.destination_type) : tenderOf(payment),
    reason: refund.reason?.trim() || null,
  }
  return {
    refund: fact,
    saleExternalId: saleOfPayment(payment, known) ?? sourceOf(known),
    location: refund.location_id ?? known.order?.location_id ?? null,
    currency: refund.amount_money?.currency as CurrencyCode,
  }
}

function exchangeOf(sharer: Sharer, known: Known, shares: ReadonlyMap<string, Share>): ReadRefund | null {
  const { order } = known
  const refundedAt = momentOf(order?.closed_at) ?? momentOf(order?.updated_at) ?? momentOf(order?.created_at)
  const currency = order?.total_money?.currency ?? null
  if (refundedAt === null || currency === null) return null
  const share = shares.get(sharer.id) ?? NO_SHARE
  return {
    refund: {
      ...{ externalId: sharer.id, refundedAt, amount: sharer.amount, ...share },
      ...{ tender: 'other', reason: 'Exchange' },
    },
    saleExternalId: sourceOf(known),
    location: order?.location_id ?? null,
    currency: currency as CurrencyCode,
  }
}

/** The sale that was paid with what is given back now; a return that is no sale never names itself. */
function saleOfPayment(payment: WirePayment | undefined, { orderId, order }: Known): string | null {
  const sale = payment?.order_id ?? null
  return sale === orderId && order !== null && !isSale(order) ? null : sale
}

/** The one sale that everything in the order comes from. Some returns name themselves as their source. */
function sourceOf({ orderId, order }: Known): string | null {
  const sources = new Set((order?.returns ?? []).map(({ source_order_id }) => source_order_id ?? orderId))
  const [source] = sources
  return sources.size === 1 && source !== undefined && source !== orderId ? source : null
}

function settlingOf(known: Known, back: Minor | null, explained: boolean, isOpen: boolean): Settling | null {
  const { order, orderId, refunds } = known
  const orderRef: RecordRef = { kind: 'order', id: orderId }
  const pending = refunds.filter(({ status }) => status === 'PENDING').map(refOf)
  if (order === null) return pending.length > 0 ? { reason: 'refund_pending', again: pending } : null
  const isThin = !isSale(order) && !givesBack(order)
  if (isThin && refunds.length > 0) return { reason: 'lines_missing', again: [orderRef, ...pending] }
  if (pending.length > 0) return { reason: 'refund_pending', again: pending }
  if (isOpen) return { reason: order.state === 'COMPLETED' ? 'payment_missing' : 'open', again: [orderRef] }
  if (back === null || back <= 0n || explained) return null
  const named = (order.refunds ?? []).flatMap(({ id }) => (id ? [{ kind: 'refund', id }] : []))
  return { reason: 'refund_pending', again: [orderRef, ...named] }
}

function needsOf({ orderId, order, refunds, payments }: Known): readonly RecordRef[] {
  const needs: RecordRef[] = []
  if (order === null && refunds.length > 0 && !orderId.startsWith('refund:')) needs.push({ kind: 'order', id: orderId })
  const wanted = new Set(refunds.flatMap(({ payment_id }) => (payment_id ? [payment_id] : [])))
  for (const id of wanted) if (!payments.has(id)) needs.push({ kind: 'payment', id })
  return needs
}

function wrongOf({ amount_money, created_at, updated_at }: WireRefund): readonly Drift[] {
  if (minorOf(amount_money) === null || !amount_money?.currency) {
    return [{ what: 'wrong_type', path: 'refund.amount_money', value: null }]
  }
  const isTimed = momentOf(created_at) !== null || momentOf(updated_at) !== null
  return isTimed ? [] : [{ what: 'wrong_type', path: 'refund.created_at', value: null }]
}

function isToldWhole(fact: ReadRefund | null): fact is ReadRefund {
  return fact !== null
}

function refOf({ id }: WireRefund): RecordRef {
  return { kind: 'refund', id: id ?? '' }
}

function sharerOf({ id, amount_money, payment_id }: WireRefund): Sharer {
  return { id: id ?? '', amount: minorOrZero(amount_money), tenderId: payment_id ?? null }
}

function byTime(a: WireRefund, b: WireRefund): number {
  return (momentOf(a.created_at) ?? 0) - (momentOf(b.created_at) ?? 0) || ((a.id ?? '') < (b.id ?? '') ? -1 : 1)
}

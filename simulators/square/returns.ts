import type { TradePayment, TradeRefund } from '../trade/sale.ts'
import type { Act } from './acting.ts'
import { luckOf, mixedId } from './ids.ts'
import { type Amounts, difference, moneyAmounts, quantityOf } from './money.ts'
import { priceOrder } from './pricing.ts'
import { orderIdOf, some } from './sale-order.ts'
import { paymentIdOf, paymentOf, rfc3339, tenderOf } from './sale-payments.ts'
import { amountsOf, returnOf, returnOrderOf } from './sale-return.ts'
import type { Scribe } from './scribe.ts'
import type { Seller } from './seller.ts'
import type { LineItem, Money, Order, OrderReturn, Payment, Refund, TenderRefund } from './wire.ts'

// Money and goods that go back. A refund is PENDING for some seconds (cash is not) and is then COMPLETED or has FAILED;
// its goods stand in an order of their own. Now and then the guest takes something else instead: then one order holds
// the new goods and the returned ones, and only the difference changes hands.

const SETTLED_AFTER_MS = 4000

export class Returns {
  readonly #scribe: Scribe
  readonly #seller: Seller

  constructor(scribe: Scribe) {
    this.#scribe = scribe
    this.#seller = scribe.seller
  }

  /** What happens for that refund, beginning at that instant. */
  actsOf(refund: TradeRefund, at: number): Act[] {
    if (this.#isExchange(refund)) return [{ at, run: (now) => this.#exchange(refund, now) }]
    const pending = refund.tender !== 'cash'
    const acts: Act[] = [{ at, run: (now) => this.#giveBack(refund, pending ? 'PENDING' : 'COMPLETED', now) }]
    if (pending) acts.push({ at: at + SETTLED_AFTER_MS, run: (now) => this.#settle(refund, now) })
    return acts
  }

  #giveBack(refund: TradeRefund, status: Refund['status'], at: number): void {
    const seller = this.#seller
    const source = this.#sourceOf(refund)
    const now = rfc3339(at)
    const made = this.#refundOf(refund, orderIdOf(seller, refund.externalId), Number(refund.amount), status, at)
    const returned = returnOf(seller, refund, source, this.#isByAmount(refund))
    const order = returnOrderOf(
      {
        id: made.order_id,
        location_id: made.location_id,
        source: { name: 'Square Point of Sale' },
        created_at: now,
        updated_at: now,
        refunds: [tenderRefundOf(made)],
        currency: refund.currency,
      },
      returned,
    )
    this.#scribe.putRefund(made)
    this.#scribe.putOrder(order)
    this.#scribe.tellRefund('refund.created', made, at)
    this.#linkToPayment(made, at)
    this.#scribe.follow(order, made, at)
    if (status === 'COMPLETED') this.#moneyWent(made, at)
  }

  /** A pending refund ends, mostly well. */
  #settle(refund: TradeRefund, at: number): void {
    const standing = this.#seller.refunds.get(this.#refundIdOf(refund))?.value
    if (standing === undefined || standing.status !== 'PENDING') return
    const fails = luckOf('failed', refund.externalId) < this.#seller.habits.failedRefunds
    const updated_at = rfc3339(at)
    const ended: Refund = { ...standing, status: fails ? 'FAILED' : 'COMPLETED', updated_at }
    this.#scribe.putRefund(ended)
    const order = this.#seller.findOrder(ended.order_id)
    if (order !== null) this.#scribe.putOrder({ ...order, refunds: [tenderRefundOf(ended)], updated_at })
    this.#scribe.tellRefund('refund.updated', ended, at)
    if (!fails) this.#moneyWent(ended, at)
  }

  #exchange(refund: TradeRefund, at: number): void {
    const seller = this.#seller
    const source = this.#sourceOf(refund)
    const line = source?.line_items?.find(({ item_type }) => item_type === 'ITEM')
    if (source === null || line === undefined) {
      this.#giveBack(refund, 'COMPLETED', at)
      return
    }
    const returned = returnOf(seller, refund, source, false)
    const { amounts: bought, ...goods } = this.#newGoods(refund, source, line)
    const back = amountsOf(returned)
    const due = bought.total - back.total
    const payment = due > 0 ? this.#payDifference(refund, due, at) : null
    const made = due < 0 ? this.#refundOf(refund, orderIdOf(seller, refund.externalId), -due, 'COMPLETED', at) : null
    const order = this.#exchangeOrderOf(refund, returned, goods, bought, payment, made, at)
    this.#scribe.putOrder(order)
    if (payment !== null) {
      this.#scribe.putPayment(payment)
      this.#scribe.tellPayment('payment.created', payment, at)
    }
    if (made !== null) {
      this.#scribe.putRefund(made)
      this.#scribe.tellRefund('refund.created', made, at)
      this.#linkToPayment(made, at)
      this.#moneyWent(made, at)
    }
    this.#scribe.follow(order, made, at)
  }

  #exchangeOrderOf(
    refund: TradeRefund,
    returned: OrderReturn,
    goods: Omit<ReturnType<typeof priceOrder>, 'amounts'>,
    bought: Amounts,
    payment: Payment | null,
    made: Refund | null,
    at: number,
  ): Order {
    const { currency } = refund
    const money = (amount: number): Money => ({ amount, currency })
    const now = rfc3339(at)
    return {
      id: orderIdOf(this.#seller, refund.externalId),
      location_id: this.#seller.locationIdOf(refund.site),
      source: { name: 'Square Point of Sale' },
      ...goods,
      returns: [returned],
      return_amounts: returned.return_amounts,
      net_amounts: moneyAmounts(difference(bought, amountsOf(returned)), currency),
      ...some('tenders', payment === null ? [] : [tenderOf(payment)]),
      ...some('refunds', made === null ? [] : [tenderRefundOf(made)]),
      created_at: now,
      updated_at: now,
      closed_at: now,
      state: 'COMPLETED',
      total_money: money(bought.total),
      total_tax_money: money(bought.tax),
      total_discount_money: money(bought.discount),
      total_tip_money: money(0),
      total_service_charge_money: money(0),
      net_amount_due_money: money(0),
    }
  }

  /** The same article again: as many, one more, or one fewer of those that came back. */
  #newGoods(refund: TradeRefund, source: Order, line: LineItem) {
    const { units, divisor } = quantityOf(refund.lines[0]?.quantity ?? '1')
    const step = divisor === 1 ? Math.floor(luckOf('taken', refund.externalId) * 3) - 1 : 0
    const quantity = divisor === 1 ? String(Math.max(1, units + step)) : (refund.lines[0]?.quantity ?? '1')
    const taxUids = (line.applied_taxes ?? []).map(({ tax_uid }) => tax_uid)
    return priceOrder({
      currency: refund.currency,
      taxLeftOut: this.#seller.taxLeftOut,
      lines: [
        {
          uid: mixedId(22, 'exchanged', refund.externalId),
          ...(line.name !== undefined && { name: line.name }),
          ...(line.variation_name !== undefined && { variationName: line.variation_name }),
          ...(line.catalog_object_id !== undefined && { catalogObjectId: line.catalog_object_id }),
          quantity,
          ...(line.quantity_unit !== undefined && { quantityUnit: line.quantity_unit }),
          itemType: 'ITEM',
          price: line.base_price_money.amount,
          modifiers: [],
          taxUids,
          discountUids: [],
        },
      ],
      taxes: (source.taxes ?? []).filter(({ uid }) => taxUids.includes(uid)).map(({ applied_money: _, ...tax }) => tax),
      discounts: [],
      services: [],
    })
  }

  #payDifference(refund: TradeRefund, due: number, at: number): Payment {
    const paid: TradePayment = {
      externalId: `${refund.externalId}-paid`,
      tender: 'card',
      brand: 'visa',
      last4: '1111',
      amount: BigInt(due),
      tip: 0n,
      at,
      tendered: null,
      change: null,
      voidedAt: null,
    }
    const { externalId, site, currency } = refund
    const sale = {
      externalId,
      site,
      currency,
      customer: null,
      staff: null,
      register: null,
      channel: 'in_store',
    } as const
    return paymentOf(this.#seller, sale, paid, { status: 'COMPLETED', createdAt: at, updatedAt: at })
  }

  #isExchange(refund: TradeRefund): boolean {
    if (luckOf('exchange', refund.externalId) >= this.#seller.habits.exchanges) return false
    if (refund.saleExternalId === null || refund.lines.length === 0) return false
    if (refund.lines.some(({ itemKey }) => itemKey === 'gift-card')) return false
    const coins = refund.tender === 'cash' && this.#seller.shop.currency.cashStep !== null
    return !coins && refund.tip === 0n && refund.serviceCharge === 0n && refund.rounding === 0n
  }

  #isByAmount(refund: TradeRefund): boolean {
    if (refund.saleExternalId === null || refund.tip > 0n || refund.serviceCharge > 0n) return false
    if (refund.lines.some(({ itemKey }) => itemKey === 'gift-card')) return false
    if (this.#scribe.square.faults.strikes('refund-without-items')) return true
    return luckOf('by amount', refund.externalId) < this.#seller.habits.refundsByAmount
  }

  #sourceOf(refund: TradeRefund): Order | null {
    return refund.saleExternalId === null
      ? null
      : this.#seller.findOrder(orderIdOf(this.#seller, refund.saleExternalId))
  }

  #refundIdOf(refund: TradeRefund): string {
    const suffix = mixedId(42, 'refund', this.#seller.merchantId, refund.externalId)
    if (refund.paymentExternalId === null) return suffix
    return `${paymentIdOf(this.#seller, refund.paymentExternalId)}_${suffix}`
  }

  #refundOf(refund: TradeRefund, orderId: string, amount: number, status: Refund['status'], at: number): Refund {
    const now = rfc3339(at)
    const linked = refund.paymentExternalId !== null
    const payment = linked ? this.#seller.findPayment(paymentIdOf(this.#seller, refund.paymentExternalId ?? '')) : null
    return {
      id: this.#refundIdOf(refund),
      status,
      location_id: this.#seller.locationIdOf(refund.site),
      ...(!linked && { unlinked: true }),
      destination_type: payment?.source_type ?? (refund.tender === 'cash' ? 'CASH' : 'CARD'),
      amount_money: { amount, currency: refund.currency },
      ...(payment !== null && { payment_id: payment.id }),
      order_id: orderId,
      reason: refund.reason,
      created_at: now,
      updated_at: now,
    }
  }

  #linkToPayment(refund: Refund, at: number): void {
    this.#scribe.changePayment(refund.payment_id, at, (payment) => ({
      ...payment,
      refund_ids: [...(payment.refund_ids ?? []), refund.id],
    }))
  }

  /** The payment knows how much of it went back; the order of the sale names the refund in one case of two. */
  #moneyWent(refund: Refund, at: number): void {
    const { amount_money: back } = refund
    this.#scribe.changePayment(refund.payment_id, at, (payment) => ({
      ...payment,
      refunded_money: { amount: (payment.refunded_money?.amount ?? 0) + back.amount, currency: back.currency },
    }))
    const payment = refund.payment_id === undefined ? null : this.#seller.findPayment(refund.payment_id)
    const sale = payment === null ? null : this.#seller.findOrder(payment.order_id)
    if (sale === null || luckOf('named', refund.id) < 0.5) return
    const refunds = [...(sale.refunds ?? []), tenderRefundOf(refund)]
    const version = sale.version === undefined ? {} : { version: sale.version + 1 }
    this.#scribe.putOrder({ ...sale, ...version, refunds, updated_at: rfc3339(at) })
  }
}

const TENDER_REFUND_STATUS: Readonly<Record<Refund['status'], TenderRefund['status']>> = {
  PENDING: 'PENDING',
  COMPLETED: 'APPROVED',
  REJECTED: 'REJECTED',
  FAILED: 'FAILED',
}

/** The refund in the older shape that stands inside orders. */
export function tenderRefundOf(refund: Refund): TenderRefund {
  return {
    id: refund.id,
    location_id: refund.location_id,
    ...(refund.payment_id !== undefined && { tender_id: refund.payment_id }),
    created_at: refund.created_at,
    reason: refund.reason,
    amount_money: refund.amount_money,
    status: TENDER_REFUND_STATUS[refund.status],
  }
}

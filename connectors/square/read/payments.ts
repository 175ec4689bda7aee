import type { Payment, Tender } from '#canon/sale.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Minor } from '#kernel/money.ts'
import type { WireCard, WireOrder, WirePayment, WireTender } from '../wire.ts'
import { momentOf } from './moments.ts'
import { minorOf, minorOrZero } from './money.ts'

// What was paid. A payment is the truth where it is known; until it is, the order's own tenders speak for it, since they
// have the same id and amount. So a year of orders is read without a call for each of its payments.

export type Paid = {
  /** Money that changed hands, oldest first. */
  readonly payments: readonly Payment[]
  readonly sum: Minor
  /** When the till took the first payment that was taken without a network. */
  readonly offlineAt: Instant | null
  readonly receipt: string | null
  readonly register: string | null
  readonly staff: string | null
  readonly customer: string | null
}

const TENDER_OF_SOURCE: Readonly<Record<string, Tender>> = {
  CARD: 'card',
  CASH: 'cash',
  BANK_ACCOUNT: 'bank_transfer',
  WALLET: 'wallet',
  SQUARE_ACCOUNT: 'wallet',
  BUY_NOW_PAY_LATER: 'other',
}

const TENDER_OF_EXTERNAL: Readonly<Record<string, Tender>> = {
  BANK_TRANSFER: 'bank_transfer',
  OTHER_GIFT_CARD: 'gift_card',
  FOOD_VOUCHER: 'voucher',
  CARD: 'card',
  EMONEY: 'wallet',
  STORED_BALANCE: 'wallet',
  SQUARE_CASH: 'wallet',
}

const TENDER_OF_TENDER: Readonly<Record<string, Tender>> = {
  CARD: 'card',
  THIRD_PARTY_CARD: 'card',
  CASH: 'cash',
  SQUARE_GIFT_CARD: 'gift_card',
  BANK_ACCOUNT: 'bank_transfer',
  WALLET: 'wallet',
  SQUARE_ACCOUNT: 'wallet',
  BUY_NOW_PAY_LATER: 'other',
  OTHER: 'other',
}

const GIFT_CARD = 'SQUARE_GIFT_CARD'
const MONEY_STATUSES: ReadonlySet<string> = new Set(['CAPTURED', 'COMPLETED'])

export function readPaid(order: WireOrder | null, payments: readonly WirePayment[]): Paid {
  const known = new Set(payments.map(({ id }) => id))
  const taken = payments.filter(({ status }) => status === 'COMPLETED').toSorted(byTime)
  const tenders = (order?.tenders ?? []).filter((tender) => !known.has(idOf(tender)) && isMoney(tender))
  const all = [...taken.map(ofPayment), ...tenders.map(ofTender)].sort(byPaidAt)
  const first = <T>(of: (payment: WirePayment) => T | null | undefined): T | null => {
    for (const payment of taken) {
      const found = of(payment)
      if (found !== null && found !== undefined && found !== '') return found
    }
    return null
  }
  return {
    payments: all,
    sum: all.reduce((sum, { amount }) => sum + amount, 0n),
    offlineAt: first((payment) => momentOf(payment.offline_payment_details?.client_created_at)),
    receipt: first(({ receipt_number }) => receipt_number),
    register: first(({ device_details }) => device_details?.device_id),
    staff: first(({ team_member_id, employee_id }) => team_member_id ?? employee_id),
    customer: first(({ customer_id }) => customer_id),
  }
}

/** What was paid with a payment, the tip inside. */
export function amountOf({ total_money, amount_money, tip_money }: WirePayment): Minor {
  return minorOf(total_money) ?? minorOrZero(amount_money) + minorOrZero(tip_money)
}

export function tenderOf(payment: WirePayment): Tender {
  const { source_type, card_details, external_details } = payment
  if (card_details?.card?.card_brand === GIFT_CARD) return 'gift_card'
  if (source_type === 'EXTERNAL') return TENDER_OF_EXTERNAL[external_details?.type ?? ''] ?? 'other'
  return TENDER_OF_SOURCE[source_type ?? ''] ?? 'unknown'
}

/** By where a refund went, when its payment is not known. */
export function tenderOfDestination(destination: string | null | undefined): Tender {
  return destination === 'EXTERNAL' ? 'other' : (TENDER_OF_SOURCE[destination ?? ''] ?? 'unknown')
}

function ofPayment(payment: WirePayment): Payment {
  const { card_details, external_details, wallet_details, buy_now_pay_later_details } = payment
  const other = external_details?.type ?? wallet_details?.brand ?? buy_now_pay_later_details?.brand
  return {
    externalId: payment.id ?? null,
    tender: tenderOf(payment),
    ...cardOf(card_details?.card, other),
    amount: amountOf(payment),
    tip: minorOrZero(payment.tip_money),
    fee: feeOf(payment),
    paidAt: momentOf(payment.offline_payment_details?.client_created_at) ?? momentOf(payment.created_at),
  }
}

/** It comes some seconds after the payment; adjustments may be negative. */
function feeOf({ processing_fee }: WirePayment): Minor | null {
  if (!processing_fee || processing_fee.length === 0) return null
  return processing_fee.reduce((sum, { amount_money }) => sum + minorOrZero(amount_money), 0n)
}

function ofTender(tender: WireTender): Payment {
  const card = tender.card_details?.card
  const isGiftCard = card?.card_brand === GIFT_CARD
  return {
    externalId: idOf(tender),
    tender: isGiftCard ? 'gift_card' : (TENDER_OF_TENDER[tender.type ?? ''] ?? 'unknown'),
    ...cardOf(card, tender.buy_now_pay_later_details?.brand),
    amount: minorOrZero(tender.amount_money),
    tip: minorOrZero(tender.tip_money),
    fee: minorOf(tender.processing_fee_money),
    paidAt: momentOf(tender.created_at),
  }
}

function cardOf(card: WireCard | null | undefined, other: string | null | undefined) {
  const last4 = card?.last_4 ?? null
  return {
    brand: card?.card_brand ?? other ?? null,
    last4: last4 !== null && /^\d{4}$/.test(last4) ? last4 : null,
  }
}

/** An authorised card is no money yet, and a voided one never was. Tenders that say nothing of it are cash and the like. */
function isMoney(tender: WireTender): boolean {
  const { card_details, bank_account_details, buy_now_pay_later_details, square_account_details, type } = tender
  const details = card_details ?? bank_account_details ?? buy_now_pay_later_details ?? square_account_details
  const status = details?.status ?? null
  return type !== 'NO_SALE' && (status === null || MONEY_STATUSES.has(status))
}

/** A tender has the id of its payment, mostly in both fields. */
function idOf({ payment_id, id }: WireTender): string | null {
  return payment_id ?? id ?? null
}

function byTime(a: WirePayment, b: WirePayment): number {
  return (momentOf(a.created_at) ?? 0) - (momentOf(b.created_at) ?? 0)
}

function byPaidAt(a: Payment, b: Payment): number {
  return (a.paidAt ?? 0) - (b.paidAt ?? 0) || ((a.externalId ?? '') < (b.externalId ?? '') ? -1 : 1)
}

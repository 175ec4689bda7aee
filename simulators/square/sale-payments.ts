import type { TradePayment, TradeSale } from '../trade/sale.ts'
import { customerIdOf, luckOf, mixedId, teamMemberIdOf } from './ids.ts'
import { percentOf } from './money.ts'
import { orderIdOf } from './sale-order.ts'
import type { Seller } from './seller.ts'
import type { CardOnWire, Money, Payment, PaymentStatus, Tender, TenderType } from './wire.ts'

// How the generator's payments look at Square. A gift card is a card of a brand of its own; Apple Pay is a card held to
// the reader; only wallets that Square itself takes are WALLET; a bank transfer is BANK_ACCOUNT; a voucher is EXTERNAL.

/** What a payment says of the sale that it pays. */
export type PaidFor = Pick<
  TradeSale,
  'externalId' | 'site' | 'currency' | 'customer' | 'staff' | 'register' | 'channel'
>

export type PaymentLife = {
  readonly status: PaymentStatus
  readonly createdAt: number
  readonly updatedAt: number
  /** When the till took it, for a payment taken offline. */
  readonly offlineAt?: number
}

export function paymentIdOf(seller: Seller, paymentExternalId: string): string {
  return `${mixedId(28, 'payment', seller.merchantId, paymentExternalId)}ZY`
}

/** Square's payment; it says nothing yet of fees and refunds. */
export function paymentOf(seller: Seller, sale: PaidFor, payment: TradePayment, life: PaymentLife): Payment {
  const money = (amount: bigint): Money => ({ amount: Number(amount), currency: sale.currency })
  const id = paymentIdOf(seller, payment.externalId)
  const updatedAt = rfc3339(life.updatedAt)
  const offline = life.offlineAt !== undefined
  return {
    id,
    created_at: rfc3339(life.createdAt),
    updated_at: updatedAt,
    amount_money: money(payment.amount - payment.tip),
    ...(payment.tip > 0n && { tip_money: money(payment.tip) }),
    total_money: money(payment.amount),
    ...(life.status !== 'CANCELED' && { approved_money: money(payment.amount) }),
    status: life.status,
    ...sourceOf(seller, sale, payment, life.status),
    location_id: seller.locationIdOf(sale.site),
    order_id: orderIdOf(seller, sale.externalId),
    ...(sale.customer !== null && { customer_id: customerIdOf(seller.merchantId, sale.customer) }),
    ...(sale.staff !== null && { team_member_id: teamMemberIdOf(seller.merchantId, sale.staff.id) }),
    ...(life.status === 'COMPLETED' && {
      receipt_number: id.slice(0, 4),
      receipt_url: `https://squareup.com/receipt/preview/${id}`,
    }),
    ...(sale.register !== null && { device_details: { device_name: sale.register } }),
    application_details: { square_product: productOf(seller, sale) },
    ...(offline && { is_offline_payment: true }),
    ...(life.offlineAt !== undefined && { offline_payment_details: { client_created_at: rfc3339(life.offlineAt) } }),
    version_token: versionTokenOf(id, updatedAt),
  }
}

export function versionTokenOf(id: string, updatedAt: string): string {
  return `${mixedId(44, 'version', id, updatedAt)}6o`
}

function productOf(seller: Seller, sale: PaidFor): string {
  if (sale.channel === 'online') return 'ONLINE_STORE'
  return seller.shop.kind === 'restaurant' ? 'RESTAURANTS' : seller.shop.kind === 'retail' ? 'RETAIL' : 'SQUARE_POS'
}

type Source = Pick<
  Payment,
  'source_type' | 'card_details' | 'cash_details' | 'wallet_details' | 'bank_account_details' | 'external_details'
>

function sourceOf(seller: Seller, sale: PaidFor, payment: TradePayment, status: PaymentStatus): Source {
  const money = (amount: bigint): Money => ({ amount: Number(amount), currency: sale.currency })
  switch (wayOf(payment)) {
    case 'CASH':
      return {
        source_type: 'CASH',
        cash_details: {
          buyer_supplied_money: money(payment.tendered ?? payment.amount),
          change_back_money: money(payment.change ?? 0n),
        },
      }
    case 'WALLET':
      return { source_type: 'WALLET', wallet_details: { status: CARD_STATUS[status], brand: walletOf(seller) } }
    case 'BANK_ACCOUNT':
      return {
        source_type: 'BANK_ACCOUNT',
        bank_account_details: { transfer_type: 'ACH', account_ownership_type: 'INDIVIDUAL' },
      }
    case 'OTHER':
      return {
        source_type: 'EXTERNAL',
        external_details: {
          type: payment.tender === 'voucher' ? 'FOOD_VOUCHER' : 'OTHER',
          source: payment.tender === 'voucher' ? 'Meal voucher' : 'Square POS',
        },
      }
    default:
      return {
        source_type: 'CARD',
        card_details: { status: CARD_STATUS[status], card: cardOf(payment), entry_method: entryOf(sale, payment) },
      }
  }
}

const CARD_STATUS: Readonly<Record<PaymentStatus, string>> = {
  APPROVED: 'AUTHORIZED',
  PENDING: 'AUTHORIZED',
  COMPLETED: 'CAPTURED',
  CANCELED: 'VOIDED',
  FAILED: 'FAILED',
}

function wayOf(payment: TradePayment): TenderType {
  switch (payment.tender) {
    case 'cash':
      return 'CASH'
    case 'gift_card':
      return 'SQUARE_GIFT_CARD'
    case 'wallet':
      return payment.brand === 'apple_pay' ? 'CARD' : 'WALLET'
    case 'bank_transfer':
      return 'BANK_ACCOUNT'
    case 'card':
      return 'CARD'
    default:
      return 'OTHER'
  }
}

const WALLETS: Readonly<Record<string, string>> = { US: 'CASH_APP', JP: 'PAYPAY' }

function walletOf(seller: Seller): string {
  return WALLETS[seller.country] ?? 'ALIPAY'
}

const BRANDS: Readonly<Record<string, string>> = {
  visa: 'VISA',
  mastercard: 'MASTERCARD',
  amex: 'AMERICAN_EXPRESS',
  maestro: 'MASTERCARD',
  apple_pay: 'VISA',
}

function cardOf(payment: TradePayment): CardOnWire {
  const luck = luckOf('card', payment.externalId)
  if (payment.tender === 'gift_card') {
    return { card_brand: 'SQUARE_GIFT_CARD', last_4: String(Math.floor(luck * 10_000)).padStart(4, '0') }
  }
  const last4 = payment.last4 ?? '0000'
  const brand = BRANDS[payment.brand ?? ''] ?? 'OTHER_BRAND'
  return {
    card_brand: brand,
    last_4: last4,
    exp_month: 1 + (Number(last4) % 12),
    exp_year: 2028 + (Number(last4) % 5),
    fingerprint: `sq-1-${mixedId(60, 'fingerprint', brand, last4)}`,
    card_type: luck < 0.7 ? 'DEBIT' : 'CREDIT',
    bin: '411111',
  }
}

function entryOf(sale: PaidFor, payment: TradePayment): string {
  if (sale.channel !== 'in_store') return 'KEYED'
  if (payment.tender === 'gift_card') return 'SWIPED'
  return payment.tender === 'wallet' || luckOf('entry', payment.externalId) < 0.7 ? 'CONTACTLESS' : 'EMV'
}

const TENDER_TYPES: Readonly<Record<Payment['source_type'], TenderType>> = {
  CARD: 'CARD',
  CASH: 'CASH',
  WALLET: 'WALLET',
  BANK_ACCOUNT: 'BANK_ACCOUNT',
  EXTERNAL: 'OTHER',
}

/** The payment as its order shows it. */
export function tenderOf(payment: Payment): Tender {
  const { card_details: card, cash_details: cash } = payment
  const giftCard = card?.card.card_brand === 'SQUARE_GIFT_CARD'
  return {
    id: payment.id,
    location_id: payment.location_id,
    transaction_id: payment.order_id,
    created_at: payment.created_at,
    amount_money: payment.total_money,
    ...(payment.tip_money !== undefined && { tip_money: payment.tip_money }),
    ...(payment.customer_id !== undefined && { customer_id: payment.customer_id }),
    type: giftCard ? 'SQUARE_GIFT_CARD' : TENDER_TYPES[payment.source_type],
    ...(card !== undefined && !giftCard && { card_details: card }),
    ...(cash !== undefined && {
      cash_details: {
        buyer_tendered_money: cash.buyer_supplied_money,
        change_back_money: cash.change_back_money,
      },
    }),
    payment_id: payment.id,
  }
}

const FEE_PERCENT: Readonly<Record<string, string>> = { US: '2.6', CA: '2.5', JP: '3.25' }
const FEE_PERCENT_ELSEWHERE = '1.75'

/** What Square keeps of a card payment; null where it keeps nothing. */
export function feeOf(seller: Seller, payment: Payment): Money | null {
  if (payment.source_type !== 'CARD' || payment.card_details?.card.card_brand === 'SQUARE_GIFT_CARD') return null
  const { amount, currency } = payment.total_money
  return { amount: percentOf(amount, FEE_PERCENT[seller.country] ?? FEE_PERCENT_ELSEWHERE), currency }
}

/** What was authorised becomes money. */
export function captured(payment: Payment): Payment {
  return {
    ...payment,
    status: 'COMPLETED',
    ...(payment.card_details && { card_details: { ...payment.card_details, status: 'CAPTURED' } }),
    ...(payment.wallet_details && { wallet_details: { ...payment.wallet_details, status: 'CAPTURED' } }),
    receipt_number: payment.id.slice(0, 4),
    receipt_url: `https://squareup.com/receipt/preview/${payment.id}`,
  }
}

/** What was authorised is let go. */
export function canceled(payment: Payment): Payment {
  const { approved_money: _approved, ...kept } = payment
  return {
    ...kept,
    status: 'CANCELED',
    ...(kept.card_details && { card_details: { ...kept.card_details, status: 'VOIDED' } }),
    ...(kept.wallet_details && { wallet_details: { ...kept.wallet_details, status: 'VOIDED' } }),
  }
}

export function rfc3339(ms: number): string {
  return new Date(ms).toISOString()
}

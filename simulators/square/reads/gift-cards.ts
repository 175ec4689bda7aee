import type { JsonObject } from '../answer.ts'
import { giftCardIdOf, uuidOf } from '../ids.ts'
import type { LineItem } from '../wire.ts'
import { type Followed, money, type ReadsEvent, rfc3339, shareOf } from './followed.ts'

// Gift cards that were sold, and what was paid with them. Whoever pays with a card pays with the oldest one that holds
// enough; where none does, with one that was brought over from the till before Square. A balance is never negative and
// is the sum of the card's activities.

export const TYPES = ['PHYSICAL', 'DIGITAL'] as const
export const STATES = ['ACTIVE', 'DEACTIVATED', 'BLOCKED', 'PENDING'] as const
export const ACTIVITY_TYPES = [
  'ACTIVATE',
  'LOAD',
  'REDEEM',
  'CLEAR_BALANCE',
  'DEACTIVATE',
  'ADJUST_INCREMENT',
  'ADJUST_DECREMENT',
  'REFUND',
  'UNLINKED_ACTIVITY_REFUND',
  'IMPORT',
  'BLOCK',
  'UNBLOCK',
  'IMPORT_REVERSAL',
  'TRANSFER_BALANCE_FROM',
  'TRANSFER_BALANCE_TO',
] as const

type Card = {
  readonly id: string
  readonly gan: string
  readonly type: (typeof TYPES)[number]
  readonly createdAt: number
  readonly customerId: string | null
  readonly balance: number
}

type Activity = { readonly at: number; readonly wire: JsonObject }

/** What changes a balance, and by how much. */
type Booking = { readonly type: (typeof ACTIVITY_TYPES)[number]; readonly by: number; readonly details: JsonObject }

export class GiftCards {
  readonly #merchantId: string
  readonly #currency: string
  readonly #cards = new Map<string, Card>()
  readonly #activities: Activity[] = []
  readonly #paidWith = new Map<string, { readonly cardId: string; readonly activityId: string }>()

  constructor(merchantId: string, currency: string) {
    this.#merchantId = merchantId
    this.#currency = currency
  }

  /** Cards sold in it become active, payments with cards redeem them, refunds to such a payment fill them again. */
  follow(followed: Followed): readonly ReadsEvent[] {
    const { order, payments, refunds, at } = followed
    const events: ReadsEvent[] = []
    for (const line of order.line_items ?? []) {
      if (line.item_type === 'GIFT_CARD') events.push(...this.#sell(followed, line))
    }
    for (const payment of payments) {
      if (payment.card_details?.card?.card_brand !== 'SQUARE_GIFT_CARD' || payment.status !== 'COMPLETED') continue
      events.push(...this.#redeem(payment.id, order.location_id, payment.total_money.amount, at))
    }
    for (const { id, status, payment_id: paymentId = '', amount_money: back } of refunds) {
      const paid = this.#paidWith.get(paymentId)
      if (paid === undefined || status !== 'COMPLETED') continue
      const amount = money(back.amount, this.#currency)
      const details = { redeem_activity_id: paid.activityId, amount_money: amount, payment_id: paymentId }
      const booking: Booking = { type: 'REFUND', by: back.amount, details: { refund_activity_details: details } }
      events.push(...this.#book(paid.cardId, order.location_id, id, booking, at).events)
    }
    return events
  }

  #sell({ order, at }: Followed, line: LineItem): readonly ReadsEvent[] {
    const { uid } = line
    const id = giftCardIdOf(this.#merchantId, `${order.id} ${uid}`)
    const created = this.#issue(id, at, order.customer_id ?? null)
    const { amount } = line.total_money
    const details = { amount_money: money(amount, this.#currency), order_id: order.id, line_item_uid: uid }
    const booking: Booking = { type: 'ACTIVATE', by: amount, details: { activate_activity_details: details } }
    return [created, ...this.#book(id, order.location_id, `${order.id} ${uid}`, booking, at).events]
  }

  #redeem(paymentId: string, locationId: string, amount: number, at: number): readonly ReadsEvent[] {
    const holder = [...this.#cards.values()].find((card) => card.balance >= amount && card.createdAt <= at)
    const before = holder === undefined ? this.#bringOver(paymentId, locationId, amount, at) : []
    const cardId = holder?.id ?? giftCardIdOf(this.#merchantId, `brought over for ${paymentId}`)
    const details = { amount_money: money(amount, this.#currency), payment_id: paymentId, status: 'COMPLETED' }
    const booking: Booking = { type: 'REDEEM', by: -amount, details: { redeem_activity_details: details } }
    const { activityId, events } = this.#book(cardId, locationId, paymentId, booking, at)
    this.#paidWith.set(paymentId, { cardId, activityId })
    return [...before, ...events]
  }

  #bringOver(paymentId: string, locationId: string, amount: number, at: number): readonly ReadsEvent[] {
    const id = giftCardIdOf(this.#merchantId, `brought over for ${paymentId}`)
    const created = this.#issue(id, at, null)
    const details = { import_activity_details: { amount_money: money(2 * amount, this.#currency) } }
    return [
      created,
      ...this.#book(id, locationId, `import ${paymentId}`, { type: 'IMPORT', by: 2 * amount, details }, at).events,
    ]
  }

  #issue(id: string, at: number, customerId: string | null): ReadsEvent {
    const gan = `7783${String(Math.floor(shareOf(`gan ${id}`) * 10 ** 6)).padStart(6, '0')}${String(this.#cards.size).padStart(6, '0')}`
    const type = shareOf(`plastic ${id}`) < 0.7 ? 'PHYSICAL' : 'DIGITAL'
    const card: Card = { id, gan, type, createdAt: at, customerId, balance: 0 }
    this.#cards.set(id, card)
    return { type: 'gift_card.created', dataType: 'gift_card', id, object: { gift_card: this.#wire(card, 'PENDING') } }
  }

  #book(cardId: string, locationId: string, cause: string, booking: Booking, at: number) {
    const before = this.#cards.get(cardId)
    if (before === undefined) throw new RangeError(`There is no gift card ${cardId}.`)
    const card = { ...before, balance: before.balance + booking.by }
    this.#cards.set(cardId, card)
    const activityId = `gcact_${uuidOf('gift card activity', cardId, booking.type, cause).replaceAll('-', '')}`
    const wire = {
      id: activityId,
      type: booking.type,
      location_id: locationId,
      created_at: rfc3339(at),
      gift_card_id: cardId,
      gift_card_gan: card.gan,
      gift_card_balance_money: money(card.balance, this.#currency),
      ...booking.details,
    }
    this.#activities.push({ at, wire })
    const events: readonly ReadsEvent[] = [
      {
        type: 'gift_card.activity.created',
        dataType: 'gift_card_activity',
        id: activityId,
        object: { gift_card_activity: wire },
      },
      { type: 'gift_card.updated', dataType: 'gift_card', id: cardId, object: { gift_card: this.#wire(card) } },
    ]
    return { activityId, events }
  }

  /** Oldest first. */
  cards(): readonly JsonObject[] {
    const cards = [...this.#cards.values()].sort((one, other) => one.createdAt - other.createdAt)
    return cards.map((card) => this.#wire(card))
  }

  activities(): readonly Activity[] {
    return this.#activities
  }

  #wire(card: Card, state: (typeof STATES)[number] = 'ACTIVE'): JsonObject {
    return {
      id: card.id,
      type: card.type,
      gan_source: 'SQUARE',
      state,
      balance_money: money(card.balance, this.#currency),
      gan: card.gan,
      created_at: rfc3339(card.createdAt),
      ...(card.customerId !== null && { customer_ids: [card.customerId] }),
    }
  }
}

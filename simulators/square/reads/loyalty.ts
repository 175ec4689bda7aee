import type { JsonObject } from '../answer.ts'
import { uuidOf } from '../ids.ts'
import { sumOf } from '../money.ts'
import { phoneOf } from './customers.ts'
import { type Followed, type ReadsEvent, rfc3339, shareOf } from './followed.ts'

// The seller's loyalty programme: a point for each major unit spent before tax, for those customers who joined. Points
// of goods that came back are taken away again. A balance is the sum of the account's events.

const STARTED_MS = Date.UTC(2023, 2, 1, 8)
const MEMBERS_SHARE = 0.6
const REWARD_POINTS = 150

type Account = {
  readonly id: string
  readonly customerId: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly balance: number
  readonly lifetimePoints: number
}

export type LoyaltyEvent = { readonly at: number; readonly orderId: string; readonly wire: JsonObject }

/** Of one seller; null instead of it stands for a seller without the paid plan. */
export class Loyalty {
  readonly programId: string
  readonly #program: JsonObject
  readonly #pointMinor: number
  readonly #accounts = new Map<string, Account>()
  readonly #events: LoyaltyEvent[] = []
  /** Whose points came with an order: a return names the order, not the customer. */
  readonly #earners = new Map<string, string>()
  #inOrder = true

  constructor(owner: {
    readonly merchantId: string
    readonly currency: { readonly code: string; readonly exponent: number }
    readonly locationIds: readonly string[]
  }) {
    const { merchantId, currency, locationIds } = owner
    this.programId = uuidOf('loyalty programme', merchantId)
    this.#pointMinor = 10 ** currency.exponent
    this.#program = {
      id: this.programId,
      status: 'ACTIVE',
      reward_tiers: [
        {
          id: uuidOf('reward tier', merchantId),
          points: REWARD_POINTS,
          name: '10% off the entire sale',
          created_at: rfc3339(STARTED_MS),
          pricing_rule_reference: { object_id: uuidOf('pricing rule', merchantId), catalog_version: STARTED_MS },
        },
      ],
      terminology: { one: 'Point', other: 'Points' },
      location_ids: locationIds,
      created_at: rfc3339(STARTED_MS),
      updated_at: rfc3339(STARTED_MS),
      accrual_rules: [
        {
          accrual_type: 'SPEND',
          points: 1,
          spend_data: { amount_money: { amount: this.#pointMinor, currency: currency.code }, tax_mode: 'BEFORE_TAX' },
        },
      ],
    }
  }

  program(): JsonObject {
    return this.#program
  }

  /** Points for a member's order, or back for what was returned. */
  follow({ order, refunds, at }: Followed): readonly ReadsEvent[] {
    const source = order.returns?.[0]?.source_order_id ?? ''
    const customerId = order.customer_id ?? this.#earners.get(source)
    if (customerId === undefined || at < STARTED_MS || shareOf(`member ${customerId}`) >= MEMBERS_SHARE) return []
    this.#earners.set(order.id, customerId)
    const spent = order.total_money.amount - order.total_tax_money.amount
    const back = sumOf(refunds.filter(({ status }) => status === 'COMPLETED').map((refund) => refund.amount_money))
    const sold = (order.line_items ?? []).length > 0
    const points = sold ? Math.floor(spent / this.#pointMinor) : -Math.floor(back / this.#pointMinor)
    return points === 0 ? [] : this.#book(customerId, order.id, order.location_id, points, at)
  }

  #book(customerId: string, orderId: string, locationId: string, points: number, at: number): readonly ReadsEvent[] {
    const before = this.#accounts.get(customerId)
    const account = {
      id: uuidOf('loyalty account', this.programId, customerId),
      customerId,
      createdAt: Math.min(before?.createdAt ?? at, at),
      updatedAt: Math.max(before?.updatedAt ?? at, at),
      balance: (before?.balance ?? 0) + points,
      lifetimePoints: (before?.lifetimePoints ?? 0) + Math.max(0, points),
    }
    this.#accounts.set(customerId, account)
    const details =
      points > 0
        ? {
            type: 'ACCUMULATE_POINTS',
            accumulate_points: { loyalty_program_id: this.programId, points, order_id: orderId },
          }
        : { type: 'ADJUST_POINTS', adjust_points: { loyalty_program_id: this.programId, points, reason: 'Return' } }
    const id = uuidOf('loyalty event', account.id, orderId)
    const wire = {
      id,
      ...details,
      created_at: rfc3339(at),
      loyalty_account_id: account.id,
      location_id: locationId,
      source: 'SQUARE',
    }
    this.#inOrder &&= at >= (this.#events.at(-1)?.at ?? at)
    this.#events.push({ at, orderId, wire })
    const type = before === undefined ? 'loyalty.account.created' : 'loyalty.account.updated'
    return [
      { type, dataType: 'loyalty_account', id: account.id, object: { loyalty_account: this.#wire(account) } },
      { type: 'loyalty.event.created', dataType: 'loyalty_event', id, object: { loyalty_event: wire } },
    ]
  }

  accounts(): readonly JsonObject[] {
    return [...this.#accounts.values()].map((account) => this.#wire(account))
  }

  /** Newest first. */
  events(): readonly LoyaltyEvent[] {
    if (!this.#inOrder) this.#events.sort((one, other) => one.at - other.at)
    this.#inOrder = true
    return this.#events.toReversed()
  }

  #wire(account: Account): JsonObject {
    const created = rfc3339(account.createdAt)
    return {
      id: account.id,
      program_id: this.programId,
      balance: account.balance,
      lifetime_points: account.lifetimePoints,
      customer_id: account.customerId,
      enrolled_at: created,
      created_at: created,
      updated_at: rfc3339(account.updatedAt),
      mapping: {
        id: uuidOf('loyalty mapping', account.id),
        created_at: created,
        phone_number: phoneOf(account.customerId),
      },
    }
  }
}

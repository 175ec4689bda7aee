// What a simulator was asked, and what it sent: the answer of `GET /requests`.

export type PushedOrder = {
  readonly key: string | null
  readonly order_id: string
  readonly merchant_id: string
  readonly reference_id: string | null
  /** How often the same key came again. */
  repeats: number
}

/** An order that was pushed, and how many other orders stand there under its reference: nought, or somebody eats twice. */
export type ListedOrder = PushedOrder & { readonly twins: number }

export type RequestCounts = {
  readonly since: string
  readonly total: number
  /** By the name of the call: `orders.search`. */
  readonly calls: Readonly<Record<string, number>>
  readonly statuses: Readonly<Record<string, number>>
  readonly throttled: number
  /** The same by whose token it was. */
  readonly by_merchant: Readonly<Record<string, { readonly total: number; readonly throttled: number }>>
  readonly pushed: readonly ListedOrder[]
  /** References under which more than one order stands. */
  readonly doubled: readonly string[]
  readonly deliveries: { readonly attempted: number; readonly accepted: number; readonly failed: number }
}

export class RequestLedger {
  #since: number
  #calls = new Map<string, number>()
  #statuses = new Map<string, number>()
  #merchants = new Map<string, { total: number; throttled: number }>()
  #pushed = new Map<string, PushedOrder>()
  #deliveries = { attempted: 0, accepted: 0, failed: 0 }
  #throttled = 0

  constructor(nowMs: number) {
    this.#since = nowMs
  }

  /** Status 0: the answer never arrived. */
  count(call: string, status: number, merchantId: string | null): void {
    this.#calls.set(call, (this.#calls.get(call) ?? 0) + 1)
    this.#statuses.set(String(status), (this.#statuses.get(String(status)) ?? 0) + 1)
    if (status === 429) this.#throttled++
    if (merchantId === null) return
    const merchant = this.#merchants.get(merchantId) ?? { total: 0, throttled: 0 }
    merchant.total++
    if (status === 429) merchant.throttled++
    this.#merchants.set(merchantId, merchant)
  }

  pushed(order: Omit<PushedOrder, 'repeats'>): void {
    const known = this.#pushed.get(order.order_id)
    if (known === undefined) this.#pushed.set(order.order_id, { ...order, repeats: 0 })
    else known.repeats++
  }

  delivery(outcome: 'accepted' | 'failed'): void {
    this.#deliveries.attempted++
    this.#deliveries[outcome]++
  }

  counts(): RequestCounts {
    let total = 0
    for (const count of this.#calls.values()) total += count
    return {
      since: new Date(this.#since).toISOString(),
      total,
      calls: Object.fromEntries(this.#calls),
      statuses: Object.fromEntries(this.#statuses),
      throttled: this.#throttled,
      by_merchant: Object.fromEntries(this.#merchants),
      ...this.#listed(),
      deliveries: { ...this.#deliveries },
    }
  }

  #listed(): Pick<RequestCounts, 'pushed' | 'doubled'> {
    const orders = [...this.#pushed.values()]
    const under = new Map<string, number>()
    for (const order of orders) under.set(placeOf(order), (under.get(placeOf(order)) ?? 0) + 1)
    const pushed = orders.map((order) => {
      const others = order.reference_id === null ? 0 : (under.get(placeOf(order)) ?? 1) - 1
      return { ...order, twins: others }
    })
    return {
      pushed,
      doubled: [...new Set(pushed.flatMap((each) => (each.twins > 0 ? (each.reference_id ?? []) : [])))],
    }
  }

  /** Counts from nought again. */
  reset(nowMs: number): void {
    this.#since = nowMs
    this.#throttled = 0
    this.#calls.clear()
    this.#statuses.clear()
    this.#merchants.clear()
    this.#pushed.clear()
    this.#deliveries = { attempted: 0, accepted: 0, failed: 0 }
  }
}

/** References are of one merchant. */
function placeOf({ merchant_id, reference_id }: PushedOrder): string {
  return `${merchant_id} ${reference_id}`
}

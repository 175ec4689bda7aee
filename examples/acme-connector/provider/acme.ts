import { createHmac, randomUUID } from 'node:crypto'
import type { FaultName, SellWish } from '../../../connectors/conformance/stage.ts'
import type { AcmeOrder } from './order-shape.ts'
import { type Article, articlesOf, CUSTOMER, type Dice, type Place, type Receipt, type Refund, ring } from './trade.ts'

// The whole state of Acme for one merchant. Time goes on only when it is told to.

export type Hook = {
  readonly id: string
  readonly url: string
  secret: string
  readonly events: string[]
  readonly keys: Set<string>
}
export type Grant = {
  readonly access: string
  readonly refresh: string
  expiresAt: number
  ended: 'revoked' | 'renewed' | null
}
export type Sent = {
  readonly headers: Record<string, string>
  readonly body: Uint8Array
  readonly url: string
  readonly secret: string
}

export type Acme = {
  now: number
  readonly account: string
  readonly key: string
  readonly application: { readonly id: string; readonly secret: string }
  readonly places: readonly Place[]
  readonly articles: readonly Article[]
  readonly receipts: Map<string, Receipt>
  readonly refunds: Map<string, Refund>
  readonly orders: Map<string, AcmeOrder>
  readonly orderKeys: Map<string, { readonly id: string; readonly at: number }>
  readonly hooks: Map<string, Hook>
  readonly codes: Map<string, { readonly challenge: string | null }>
  readonly grants: Grant[]
  readonly faults: Map<FaultName, { readonly rate: number; readonly roll: Dice }>
  readonly told: { readonly due: number; readonly body: Uint8Array }[]
  sold: number
  events: number
}

/** Where deliveries of the stage go; nothing listens there, they are kept instead. */
export const HOOK_URL = 'https://hub.example.com/api/v1/webhooks/acme'

export function openAcme(places: readonly Omit<Place, 'id'>[], now: number): Acme {
  const at = new Date(now - 400 * 86_400_000).toISOString()
  return {
    now,
    account: 'acc-1',
    key: `acme_key_${randomUUID()}`,
    application: { id: 'prog-1', secret: `acme_secret_${randomUUID()}` },
    places: places.map((place, nth) => ({ ...place, id: `place-${String(nth + 1).padStart(4, '0')}` })),
    articles: articlesOf(places[0]?.currency ?? 'EUR', at),
    receipts: new Map(),
    refunds: new Map(),
    orders: new Map(),
    orderKeys: new Map(),
    hooks: new Map(),
    codes: new Map(),
    grants: [],
    faults: new Map(),
    told: [],
    sold: 0,
    events: 0,
  }
}

/** Sells between two moments, and tells of it. `late`: the till had no network and says so only now. */
export function sell(acme: Acme, wish: SellWish, roll: Dice, late = false): void {
  const place = acme.places.find(({ id }) => id === wish.place)
  if (place === undefined) throw new Error(`Acme has no place ${wish.place}`)
  const thin = acme.faults.has('thin-event')
  for (let nth = 0; nth < wish.count; nth++) {
    const at = wish.from + roll(Math.max(1, wish.to - wish.from))
    const id = `${++acme.sold}`.padStart(6, '0')
    const { receipts, refunds } = ring({ id, place, at, situation: wish.situation }, roll)
    for (const receipt of receipts) {
      receipt.lines_pending = thin
      if (late) receipt.changed = new Date(acme.now).toISOString()
      acme.receipts.set(receipt.id, receipt)
      tell(acme, 'receipt.changed', { id: receipt.id, rev: receipt.rev }, late ? acme.now : Date.parse(receipt.changed))
    }
    for (const refund of refunds) giveBack(acme, refund)
  }
}

/** A refund waits before it is done: both are told, and the receipt tells of it too. */
function giveBack(acme: Acme, refund: Refund): void {
  acme.refunds.set(refund.id, refund)
  const receipt = acme.receipts.get(refund.receipt)
  if (receipt !== undefined) {
    receipt.refunds.push(refund.id)
    receipt.rev++
    receipt.changed = refund.changed
    tell(acme, 'receipt.changed', { id: receipt.id, rev: receipt.rev }, Date.parse(refund.created))
  }
  const asked = { ...refund, state: 'PENDING', rev: 1, changed: refund.created }
  tell(acme, 'refund.changed', asked, Date.parse(refund.created))
  tell(acme, 'refund.changed', refund, Date.parse(refund.changed))
}

/** A tip is written onto a receipt long after it was closed. */
export function correctTip(
  acme: Acme,
  wish: { readonly place: string; readonly from: number; readonly to: number },
): void {
  const receipt = [...acme.receipts.values()].find(
    ({ place, state, done }) =>
      place === wish.place &&
      state === 'DONE' &&
      Date.parse(done ?? '') >= wish.from &&
      Date.parse(done ?? '') < wish.to,
  )
  const money = receipt?.money[0]
  if (receipt === undefined || money === undefined) throw new Error('there is no receipt to change')
  receipt.tip += 120
  receipt.total += 120
  money.tip += 120
  money.amount += 120
  receipt.rev++
  receipt.changed = new Date(acme.now).toISOString()
  tell(acme, 'receipt.changed', { id: receipt.id, rev: receipt.rev }, acme.now)
}

export function tell(acme: Acme, type: string, data: unknown, due: number): void {
  const event = {
    id: `evt-${++acme.events}`,
    type,
    account: acme.account,
    at: new Date(due).toISOString(),
    data,
  }
  acme.told.push({ due, body: Buffer.from(JSON.stringify(event)) })
}

/** What is due by now, signed now. */
export function deliver(acme: Acme): Sent[] {
  const due = acme.told.filter((one) => one.due <= acme.now)
  acme.told.splice(0, acme.told.length, ...acme.told.filter((one) => one.due > acme.now))
  const secret = 'the-secret-of-the-stage-01'
  return due.map(({ body }) => ({ headers: signed(body, HOOK_URL, secret, acme.now), body, url: HOOK_URL, secret }))
}

export function signed(body: Uint8Array, url: string, secret: string, at: number): Record<string, string> {
  const seconds = Math.floor(at / 1_000)
  const hmac = createHmac('sha256', secret).update(`${seconds}.${url}.`).update(body).digest('hex')
  return { 'Content-Type': 'application/json', 'Acme-Signature': `t=${seconds},v1=${hmac}` }
}

export function grant(acme: Acme): Grant {
  const one = {
    access: `acme_at_${randomUUID()}`,
    refresh: `acme_rt_${randomUUID()}`,
    expiresAt: acme.now + 3_600_000,
    ended: null,
  }
  acme.grants.push(one)
  return one
}

export const PERSONAL = [CUSTOMER.name, CUSTOMER.mail]

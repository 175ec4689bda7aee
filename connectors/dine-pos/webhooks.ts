import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import type { CatalogArticle } from '#canon/catalog.ts'
import type { Instant } from '#kernel/instant.ts'
import {
  type Delivery,
  Garbled,
  type ItemAvailability,
  type Verification,
  type WebhookReading,
  type Webhooks,
} from '../contract.ts'
import { findJson, flagIn, type Json, wordIn } from './answers.ts'
import { ADDON } from './menu.ts'
import { orderIdIn, restaurantIn, statusIn, statusRecord, timeIn } from './status.ts'
import { findTime } from './times.ts'

// Two ways to be believed. A system that can sign does so with our secret, over the time and the body. Those that cannot
// carry a word in the address that they were given: made of the secret, for one order or for stock alone, and worth
// nothing for any other. The secret itself is in no address. An answer without either is refused.

export const SIGNATURE_HEADER = 'x-hub-signature'
export const AGE_MAX_MS = 5 * 60_000

const STOCK = 'stock'

export const webhooks: Webhooks = { verify, read, secretBy: 'ours', callbackUrl, concerns, standingUrls }

/** The word that opens the address for callbacks about one order. */
export function orderToken(secret: string, orderId: string): string {
  return createHmac('sha256', secret).update(`order:${orderId}`).digest('base64url')
}

/** The word that opens it for stock and opening hours. */
export function stockToken(secret: string): string {
  return createHmac('sha256', secret).update(STOCK).digest('base64url')
}

function callbackUrl(url: string, secret: string, { id }: { readonly id: string }): string {
  return `${url}?${new URLSearchParams({ order: id, token: orderToken(secret, id) })}`
}

function standingUrls(url: string, secret: string): readonly { readonly url: string; readonly say: string }[] {
  const say = 'Where a system that cannot sign tells of items that are sold out and of its opening hours.'
  return [{ url: `${url}?${new URLSearchParams({ token: stockToken(secret) })}`, say }]
}

function verify(delivery: Delivery, secrets: readonly string[], _url: string, now: Instant): Verification {
  const signature = headerOf(delivery, SIGNATURE_HEADER)
  // A signature that is there must hold: a word in the address does not make up for it.
  if (signature !== undefined && signature.trim() !== '') return verifySignature(delivery, signature, secrets, now)
  return verifyToken(delivery, secrets)
}

function verifySignature({ body }: Delivery, header: string, secrets: readonly string[], now: Instant): Verification {
  const [, seconds = '', hex = ''] = /^t=(\d{1,12}),\s*v1=([0-9a-f]{64})$/.exec(header.trim()) ?? []
  const presented = Buffer.from(hex, 'hex')
  const signed = Buffer.concat([Buffer.from(`${seconds}.`), body])
  const isGenuine = presented.length === 32 && anySecret(secrets, (secret) => hmac(secret, signed), presented)
  if (!isGenuine) return 'forged'
  return Math.abs(now - Number(seconds) * 1_000) <= AGE_MAX_MS ? 'genuine' : 'stale'
}

function verifyToken({ query, body }: Delivery, secrets: readonly string[]): Verification {
  const parameters = new URLSearchParams(query ?? '')
  const [token, order] = [parameters.get('token') ?? '', parameters.get('order')]
  if (token === '') return 'unsigned'
  const presented = Buffer.from(token, 'base64url')
  // Reading base64 forgives much: what does not come out as it went in was not written here.
  if (presented.length !== 32 || presented.toString('base64url') !== token) return 'forged'
  const speaksOf = order === null ? STOCK : `order:${order}`
  if (!anySecret(secrets, (secret) => hmac(secret, speaksOf), presented)) return 'forged'
  // Only now is the body looked at: a word for one order opens nothing for another, nor for stock.
  const said = findJson(body)
  const about = said === null || statusIn(said) === null ? null : orderIdIn(said)
  return said !== null && about === order ? 'genuine' : 'forged'
}

/** All of them are tried, so that nobody learns from the time it takes which one came close. */
function anySecret(secrets: readonly string[], expected: (secret: string) => Buffer, presented: Buffer): boolean {
  let isGenuine = false
  for (const secret of secrets) {
    // An empty key would let everybody sign.
    if (secret !== '' && timingSafeEqual(expected(secret), presented)) isGenuine = true
  }
  return isGenuine
}

function hmac(secret: string, text: string | Buffer): Buffer {
  return createHmac('sha256', secret).update(text).digest()
}

function headerOf({ headers }: Delivery, name: string): string | undefined {
  const found = Object.keys(headers).find((key) => key.toLowerCase() === name)
  return found === undefined ? undefined : headers[found]
}

function read(body: Uint8Array, receivedAt?: Instant): WebhookReading {
  const said = findJson(body)
  if (said === null) throw new Garbled('the callback is no JSON object')
  // The address says whose it is: ids of restaurants are given by many systems, and not apart from one another.
  const common = { eventId: null, account: null, occurredAt: timeIn(said), fetch: [], signal: null }
  const record = statusRecord(said, receivedAt ?? null)
  if (record !== null) return { ...common, type: 'order.status', records: [record], ignored: null }
  const availability = availabilityIn(said, receivedAt ?? null)
  if (availability !== null) {
    // The same words mean something new on another day: a repeat is told by when it came, and does no harm.
    const eventId = receivedAt === undefined ? null : `${receivedAt}-${hash('sha256', body, 'hex')}`
    return { ...common, eventId, type: 'item.stock', records: [], ignored: null, availability }
  }
  if (isAboutStore(said)) {
    const ignored = 'The restaurant says that it opens or closes. Orders go on to it; it refuses what it cannot make.'
    return { ...common, type: 'store.status', records: [], ignored }
  }
  return { ...common, type: typeIn(said), records: [], ignored: 'The callback speaks of no order and of no item.' }
}

const IDS_MAX = 1_000

/** Null unless it says that items are there or not. */
function availabilityIn(said: Json, receivedAt: Instant | null): readonly ItemAvailability[] | null {
  const available = flagIn(said.in_stock ?? said.inStock)
  const ids = said.item_ids ?? said.itemID ?? said.itemIDs
  if (available === null || ids === undefined) return null
  const words = (Array.isArray(ids) ? ids : [ids]).slice(0, IDS_MAX).flatMap((id) => wordIn(id) ?? [])
  const prefix = wordIn(said.type)?.toLowerCase() === 'addon' ? ADDON : ''
  const until = ['auto_turn_on_at', 'customTurnOnTime', 'autoTurnOnTime'].map((name) => findTime(said[name]))
  const at = timeIn(said) ?? receivedAt
  return [...new Set(words)].map((id) => ({
    externalId: `${prefix}${id}`,
    location: restaurantIn(said),
    available,
    at,
    until: available ? null : (until.find((time) => time !== null) ?? null),
  }))
}

/** An item that is gone is gone in all its variations; a variation is told by the id that it is ordered under. */
function concerns(id: string, { externalId, parentExternalId }: CatalogArticle): boolean {
  if (externalId === id) return true
  return !externalId.startsWith(ADDON) && (parentExternalId === id || externalId.startsWith(`${id}:`))
}

function isAboutStore(said: Json): boolean {
  return said.open !== undefined || said.store_status !== undefined
}

function typeIn(said: Json): string {
  const event = wordIn(said.event)
  return event !== null && /^[\w.-]{1,60}$/.test(event) ? event : 'unknown'
}

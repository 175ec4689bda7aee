import { hash } from 'node:crypto'
import { Dice, fixedDraw, seedOf, streamOf } from '../trade/random.ts'

// Ids are worked out from what they name, so that the same seed gives the same ids on every run, and the catalogue and
// the orders agree on one without asking each other. A merchant's id is part of each: no two sellers share an id.

/** The id of the catalogue's ITEM. Trade calls a gift card `gift-card`. */
export function itemIdOf(merchantId: string, itemKey: string): string {
  return upperId(24, 'item', merchantId, itemKey)
}

/** The id of an ITEM_VARIATION: what `line_items[].catalog_object_id` says. An item without variants has one, null. */
export function catalogIdOf(merchantId: string, itemKey: string, variant: string | null): string {
  return upperId(24, 'variation', merchantId, itemKey, variant ?? '')
}

/** The id of a MODIFIER by the name that trade gives it. */
export function modifierIdOf(merchantId: string, name: string): string {
  return upperId(24, 'modifier', merchantId, name)
}

/** The id of a TAX by its name and rate in percent. */
export function taxIdOf(merchantId: string, name: string, ratePercent: string): string {
  return upperId(24, 'tax', merchantId, name, ratePercent)
}

/** The id of a DISCOUNT by its name. */
export function discountIdOf(merchantId: string, name: string): string {
  return upperId(24, 'discount', merchantId, name)
}

/** The id of a customer by trade's handle. */
export function customerIdOf(merchantId: string, handle: string): string {
  return upperId(26, 'customer', merchantId, handle)
}

/** The id of a team member by trade's id. */
export function teamMemberIdOf(merchantId: string, id: string): string {
  return `TM${upperId(14, 'team', merchantId, id)}`
}

/** The id of the gift card that was sold with that line (trade's external id of the line). */
export function giftCardIdOf(merchantId: string, lineExternalId: string): string {
  return `gftc:${mixedId(32, 'gift card', merchantId, lineExternalId).toLowerCase()}`
}

/** So many capitals and digits. */
export function upperId(length: number, ...words: readonly string[]): string {
  return signs(length, words, CAPITALS)
}

/** So many letters of both cases and digits. */
export function mixedId(length: number, ...words: readonly string[]): string {
  return signs(length, words, LETTERS)
}

/** A number in [0, 1) that belongs to those words for good. */
export function luckOf(...words: readonly string[]): number {
  return fixedDraw(seedOf(...words), 1)
}

/** In the form of a UUID version 4. */
export function uuidOf(...words: readonly string[]): string {
  const hex = hash('sha256', words.join('\u001f'), 'hex')
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const CAPITALS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const LETTERS = `${CAPITALS}abcdefghijklmnopqrstuvwxyz`

/** Ten thousand sales need half a million ids: each is drawn from a seed of 64 bits, ten times as fast as a digest. */
function signs(length: number, words: readonly string[], alphabet: string): string {
  const dice = idDice.reseed(seedOf(...words), IDS, 0)
  let text = ''
  for (let at = 0; at < length; at++) text += alphabet.charAt(dice.below(alphabet.length))
  return text
}

const IDS = streamOf('ids')
const idDice = new Dice()

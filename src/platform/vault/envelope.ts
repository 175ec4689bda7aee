import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomFillSync } from 'node:crypto'
import { Fault } from '#kernel/fault.ts'

// How a sealed value lies in a column. It is encrypted under a record key, which a numbered key wraps, so that turning the
// numbered key re-wraps 60 bytes and never touches the value. A record key is made for the values that one process seals
// for one scope within a moment, and for a few dozen of them at most:
//
//   0      version, 1
//   1–4    number of the wrapping key, big-endian
//   5–16   nonce of the wrap
//   17–48  the record key, wrapped
//   49–64  tag of the wrap
//   65–76  nonce of the value
//   77–    the value, encrypted under the record key, and 16 bytes of tag
//
// Both are AES-256-GCM. Whose it is, is associated data of the wrap; what it belongs to, of the value; neither is stored
// with it. A value that is moved to another tenant, row or field does not open there.

/** Whose it is, and what: `scope` is a tenant's id or `hub`; the parts of `binding` are told apart by their lengths. */
export type Belonging = { readonly scope: string; readonly binding: readonly string[] }

/** A wrapping key by its number. */
export type NumberedKey = { readonly keyNo: number; readonly key: KeyObject }

const VERSION = 1
const HEADER_BYTES = 5
const NONCE_BYTES = 12
const KEY_BYTES = 32
const TAG_BYTES = 16
const LENGTH_BYTES = 4
const WRAP_ENDS = HEADER_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BYTES
const VALUE_BEGINS = WRAP_ENDS + NONCE_BYTES

/** What sealing adds to a value. */
export const SEAL_BYTES = VALUE_BEGINS + TAG_BYTES

/** Values under one record key. Random nonces would allow four thousand million; so few mean that little hangs on one. */
export const VALUES_MAX = 64

const CIPHER = 'aes-256-gcm'

/** A record key in use: the beginning of every value that it seals, and the key itself. */
export type RecordKey = { readonly scope: string; readonly wrap: Buffer; readonly key: KeyObject; valuesLeft: number }

export function newRecordKey(under: NumberedKey, scope: string): RecordKey {
  const wrap = Buffer.allocUnsafe(WRAP_ENDS)
  const bytes = randomBytesOf(KEY_BYTES)
  writeWrap(wrap, bytes, under, scope)
  // A raw key would cost three times as much at each value: Node looks at it from all sides first.
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return { scope, wrap, key, valuesLeft: VALUES_MAX }
}

export function seal(plain: Uint8Array, under: RecordKey, binding: readonly string[]): Buffer {
  if (under.valuesLeft <= 0) throw new RangeError('this record key has sealed all that it may')
  under.valuesLeft--
  const sealed = Buffer.allocUnsafe(plain.length + SEAL_BYTES)
  under.wrap.copy(sealed)
  fillRandom(sealed, WRAP_ENDS, NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, under.key, sealed.subarray(WRAP_ENDS, VALUE_BEGINS))
  cipher.setAAD(contextOf([under.scope, ...binding]))
  cipher.update(plain).copy(sealed, VALUE_BEGINS)
  cipher.final()
  cipher.getAuthTag().copy(sealed, VALUE_BEGINS + plain.length)
  return sealed
}

/** Throws `vault.format-unknown`, `vault.unreadable`, and whatever `keyOf` throws for a number it does not know. */
export function open(sealed: Uint8Array, keyOf: (keyNo: number) => KeyObject, belonging: Belonging): Buffer {
  const bytes = asBuffer(sealed)
  const keyNo = keyNumberOf(bytes)
  const { scope, binding } = belonging
  const recordKey = readWrap(bytes, keyOf(keyNo), scope)
  const nonce = bytes.subarray(WRAP_ENDS, VALUE_BEGINS)
  const decipher = createDecipheriv(CIPHER, createSecretKey(recordKey), nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(contextOf([scope, ...binding]))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  recordKey.fill(0)
  return finished(decipher, bytes.subarray(VALUE_BEGINS, -TAG_BYTES))
}

/** The same value under another wrapping key; its encrypted bytes stay as they are. Throws as `open` does. */
export function rewrap(
  sealed: Uint8Array,
  keyOf: (keyNo: number) => KeyObject,
  under: NumberedKey,
  scope: string,
): Buffer {
  const turned = Buffer.from(sealed)
  const recordKey = readWrap(turned, keyOf(keyNumberOf(turned)), scope)
  writeWrap(turned, recordKey, under, scope)
  recordKey.fill(0)
  return turned
}

/** The number of the key that a sealed value is wrapped with. Throws `vault.format-unknown`. */
export function keyNumberOf(sealed: Uint8Array): number {
  if (sealed.length < SEAL_BYTES || sealed[0] !== VERSION) throw unknownFormat()
  return asBuffer(sealed).readUInt32BE(1)
}

const POOL_BYTES = 8_192
const pool = Buffer.allocUnsafeSlow(POOL_BYTES)
let drawn = POOL_BYTES

/**
 * Asking the system for a few random bytes costs as much as encrypting a kilobyte, so they are drawn from a store that is
 * filled from time to time. No byte is given out twice, and none stays behind in the store.
 */
function fillRandom(target: Buffer, at: number, count: number): void {
  if (drawn + count > POOL_BYTES) {
    randomFillSync(pool)
    drawn = 0
  }
  pool.copy(target, at, drawn, drawn + count)
  pool.fill(0, drawn, drawn + count)
  drawn += count
}

function randomBytesOf(count: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(count)
  fillRandom(bytes, 0, count)
  return bytes
}

function writeWrap(sealed: Buffer, recordKey: Buffer, { keyNo, key }: NumberedKey, scope: string): void {
  sealed[0] = VERSION
  sealed.writeUInt32BE(keyNo, 1)
  fillRandom(sealed, HEADER_BYTES, NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, sealed.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES))
  cipher.setAAD(Buffer.concat([sealed.subarray(0, HEADER_BYTES), contextOf([scope])]))
  cipher.update(recordKey).copy(sealed, HEADER_BYTES + NONCE_BYTES)
  cipher.final()
  cipher.getAuthTag().copy(sealed, WRAP_ENDS - TAG_BYTES)
}

function readWrap(bytes: Buffer, key: KeyObject, scope: string): Buffer {
  const nonceEnds = HEADER_BYTES + NONCE_BYTES
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(HEADER_BYTES, nonceEnds), { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.concat([bytes.subarray(0, HEADER_BYTES), contextOf([scope])]))
  decipher.setAuthTag(bytes.subarray(WRAP_ENDS - TAG_BYTES, WRAP_ENDS))
  return finished(decipher, bytes.subarray(nonceEnds, nonceEnds + KEY_BYTES))
}

function finished(decipher: { update(data: Buffer): Buffer; final(): Buffer }, encrypted: Buffer): Buffer {
  const plain = decipher.update(encrypted)
  try {
    // GCM gives everything out by `update` and only says at the end whether it is to be believed.
    decipher.final()
  } catch {
    // Not as a cause: the library's word says nothing, and what was given out must not be kept.
    plain.fill(0)
    throw unreadable()
  }
  return plain
}

/** Each part behind its length, so that ['a', 'bc'] and ['ab', 'c'] are not the same belonging. */
function contextOf(parts: readonly string[]): Buffer {
  let length = 0
  for (const part of parts) length += LENGTH_BYTES + Buffer.byteLength(part)
  const context = Buffer.allocUnsafe(length)
  let at = 0
  for (const part of parts) {
    const written = context.write(part, at + LENGTH_BYTES)
    context.writeUInt32BE(written, at)
    at += LENGTH_BYTES + written
  }
  return context
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function unknownFormat(): Fault {
  return new Fault('broken', 'vault.format-unknown', {
    say: 'A sealed value is not written as this version of the hub writes them. Run the version that wrote it, or a newer one.',
  })
}

function unreadable(): Fault {
  return new Fault('broken', 'vault.unreadable', {
    say:
      'A sealed value does not open where it was found: it was altered, or put there from another place. ' +
      'Restore it from a backup, or enter the secret again.',
  })
}

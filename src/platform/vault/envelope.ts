import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomFillSync } from 'node:crypto'
import { Fault } from '#kernel/fault.ts'

// How a sealed value lies in a column. Each value is encrypted under a key of its own, which a numbered key wraps, so that
// turning the numbered key re-wraps 60 bytes and never touches the value:
//
//   0      version, 1
//   1–4    number of the wrapping key, big-endian
//   5–16   nonce of the wrap
//   17–48  the value's own key, wrapped
//   49–64  tag of the wrap
//   65–    the value, encrypted under its own key, and 16 bytes of tag
//
// Both are AES-256-GCM. What a value belongs to is associated data of both, never stored with it: a value that is moved
// to another tenant, row or field does not open there.

/** Whose it is, and what: `scope` is a tenant's id or `hub`; the parts of `binding` are told apart by their lengths. */
export type Belonging = { readonly scope: string; readonly binding: readonly string[] }

/** A wrapping key by its number. */
export type NumberedKey = { readonly keyNo: number; readonly key: KeyObject }

const VERSION = 1
const HEADER_BYTES = 5
const NONCE_BYTES = 12
const KEY_BYTES = 32
const TAG_BYTES = 16
const WRAP_ENDS = HEADER_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BYTES

/** What sealing adds to a value. */
export const SEAL_BYTES = WRAP_ENDS + TAG_BYTES

const CIPHER = 'aes-256-gcm'
/** A value's own key encrypts that value and nothing ever again, so its nonce need not differ from anything. */
const ONLY_NONCE = Buffer.alloc(NONCE_BYTES)

export function seal(plain: Uint8Array, under: NumberedKey, belonging: Belonging): Buffer {
  const sealed = Buffer.allocUnsafe(plain.length + SEAL_BYTES)
  const ownKey = randomBytesOf(KEY_BYTES)
  const context = contextOf(belonging)
  writeWrap(sealed, ownKey, under, context)
  // A raw key would cost three times as much: Node looks at it from all sides first.
  const cipher = createCipheriv(CIPHER, createSecretKey(ownKey), ONLY_NONCE)
  cipher.setAAD(context)
  cipher.update(plain).copy(sealed, WRAP_ENDS)
  cipher.final()
  cipher.getAuthTag().copy(sealed, WRAP_ENDS + plain.length)
  ownKey.fill(0)
  return sealed
}

/** Throws `vault.format-unknown`, `vault.unreadable`, and whatever `keyOf` throws for a number it does not know. */
export function open(sealed: Uint8Array, keyOf: (keyNo: number) => KeyObject, belonging: Belonging): Buffer {
  const bytes = asBuffer(sealed)
  const keyNo = keyNumberOf(bytes)
  const context = contextOf(belonging)
  const ownKey = readWrap(bytes, keyOf(keyNo), context)
  const decipher = createDecipheriv(CIPHER, createSecretKey(ownKey), ONLY_NONCE, { authTagLength: TAG_BYTES })
  decipher.setAAD(context)
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  ownKey.fill(0)
  return finished(decipher, bytes.subarray(WRAP_ENDS, -TAG_BYTES))
}

/** The same value under another wrapping key; its encrypted bytes stay as they are. Throws as `open` does. */
export function rewrap(
  sealed: Uint8Array,
  keyOf: (keyNo: number) => KeyObject,
  under: NumberedKey,
  belonging: Belonging,
): Buffer {
  const turned = Buffer.from(sealed)
  const context = contextOf(belonging)
  const ownKey = readWrap(turned, keyOf(keyNumberOf(turned)), context)
  writeWrap(turned, ownKey, under, context)
  ownKey.fill(0)
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
function randomBytesOf(count: number): Buffer {
  if (drawn + count > POOL_BYTES) {
    randomFillSync(pool)
    drawn = 0
  }
  const bytes = Buffer.allocUnsafeSlow(count)
  pool.copy(bytes, 0, drawn, drawn + count)
  pool.fill(0, drawn, drawn + count)
  drawn += count
  return bytes
}

function writeWrap(sealed: Buffer, ownKey: Buffer, { keyNo, key }: NumberedKey, context: Buffer): void {
  sealed[0] = VERSION
  sealed.writeUInt32BE(keyNo, 1)
  const nonce = sealed.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES)
  randomBytesOf(NONCE_BYTES).copy(nonce)
  const cipher = createCipheriv(CIPHER, key, nonce)
  cipher.setAAD(Buffer.concat([sealed.subarray(0, HEADER_BYTES), context]))
  cipher.update(ownKey).copy(sealed, HEADER_BYTES + NONCE_BYTES)
  cipher.final()
  cipher.getAuthTag().copy(sealed, WRAP_ENDS - TAG_BYTES)
}

function readWrap(bytes: Buffer, key: KeyObject, context: Buffer): Buffer {
  const nonceEnds = HEADER_BYTES + NONCE_BYTES
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(HEADER_BYTES, nonceEnds), { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.concat([bytes.subarray(0, HEADER_BYTES), context]))
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
function contextOf({ scope, binding }: Belonging): Buffer {
  const parts: Buffer[] = []
  for (const part of [scope, ...binding]) {
    const text = Buffer.from(part, 'utf8')
    const length = Buffer.allocUnsafe(4)
    length.writeUInt32BE(text.length)
    parts.push(length, text)
  }
  return Buffer.concat(parts)
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

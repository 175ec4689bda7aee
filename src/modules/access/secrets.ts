import { createHash, randomBytes } from 'node:crypto'

// Secrets that only their holder has: 256 random bits, of which we keep a hash. With so much chance in them a fast hash
// is enough: there is nothing to guess, and finding a row by it tells nothing of the secret by its time.

const SECRET_BYTES = 32

export type Secret = { readonly text: string; readonly hash: Buffer; readonly prefix: string }

/** `tw_<word>_<43 characters>`; the word says what kind of secret it is, to people and to scanners of leaked secrets. */
export function mintSecret(word: 'live' | 'demo' | 'link'): Secret {
  const random = randomBytes(SECRET_BYTES).toString('base64url')
  const text = `tw_${word}_${random}`
  return { text, hash: hashOf(text), prefix: `tw_${word}_${random.slice(0, 4)}` }
}

export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Whether a text could be such a secret; everything else is refused without asking the database. */
export function isSecretText(text: string): boolean {
  return /^tw_(?:live|demo|link)_[A-Za-z0-9_-]{43}$/.test(text)
}

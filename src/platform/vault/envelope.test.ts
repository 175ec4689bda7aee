import { createSecretKey, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Belonging,
  keyNumberOf,
  type NumberedKey,
  newRecordKey,
  open,
  rewrap,
  SEAL_BYTES,
  seal as sealUnder,
  VALUES_MAX,
} from './envelope.ts'

const bakeryKey = { keyNo: 7, key: createSecretKey(randomBytes(32)) }
const butcherKey = { keyNo: 7, key: createSecretKey(randomBytes(32)) }
const nextKey = { keyNo: 8, key: createSecretKey(randomBytes(32)) }
const token: Belonging = { scope: 'bakery', binding: ['credentials', 'till', 'access_token'] }

/** Under a record key of its own. */
const seal = (plain: Uint8Array, under: NumberedKey, { scope, binding }: Belonging) =>
  sealUnder(plain, newRecordKey(under, scope), binding)

const values = fc.uint8Array({ maxLength: 300 })
const belongings = fc.record({
  scope: fc.string({ maxLength: 12 }),
  binding: fc.array(fc.string({ maxLength: 12 }), { maxLength: 4 }),
})

describe('a sealed value', () => {
  test('opens to the same bytes, whatever they are and whatever it belongs to', () => {
    fc.assert(
      fc.property(values, belongings, (plain, belonging) => {
        const sealed = seal(plain, bakeryKey, belonging)
        expect(sealed.length).toBe(plain.length + SEAL_BYTES)
        expect(Uint8Array.from(open(sealed, () => bakeryKey.key, belonging))).toEqual(plain)
      }),
    )
  })

  test('does not open after any one bit of it was turned', () => {
    const sealed = seal(Buffer.from('a secret of a bakery'), bakeryKey, token)
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const altered = Buffer.from(sealed)
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(
        codeOf(() => open(altered, () => bakeryKey.key, token)),
        `bit ${bit}`,
      ).toMatch(/^vault\.(unreadable|format-unknown)$/)
    }
  })

  test('does not open when its end was cut off or something hangs on to it', () => {
    const sealed = seal(Buffer.from('a secret of a bakery'), bakeryKey, token)
    for (let length = 0; length < sealed.length; length++) {
      expect(codeOf(() => open(sealed.subarray(0, length), () => bakeryKey.key, token))).toMatch(
        /^vault\.(unreadable|format-unknown)$/,
      )
    }
    const longer = Buffer.concat([sealed, Buffer.from([0])])
    expect(codeOf(() => open(longer, () => bakeryKey.key, token))).toBe('vault.unreadable')
  })

  test('opens nowhere but where it belongs', () => {
    fc.assert(
      fc.property(values, belongings, belongings, (plain, here, there) => {
        fc.pre(JSON.stringify(here) !== JSON.stringify(there))
        const sealed = seal(plain, bakeryKey, here)
        expect(codeOf(() => open(sealed, () => bakeryKey.key, there))).toBe('vault.unreadable')
      }),
    )
  })

  test('is told from one whose words are only cut elsewhere', () => {
    const sealed = seal(Buffer.from('x'), bakeryKey, { scope: 'a', binding: ['bc', 'd'] })
    for (const binding of [['b', 'cd'], ['bcd'], ['bc', 'd', ''], ['bc\u0000d']]) {
      expect(codeOf(() => open(sealed, () => bakeryKey.key, { scope: 'a', binding }))).toBe('vault.unreadable')
    }
  })

  test('does not open with a neighbour’s key of the same number', () => {
    const sealed = seal(Buffer.from('x'), bakeryKey, token)
    expect(codeOf(() => open(sealed, () => butcherKey.key, token))).toBe('vault.unreadable')
  })

  test('looks different each time it is sealed, and never shows what it holds', () => {
    const plain = Buffer.from('EAAA-planted-marker')
    const seen = new Set(Array.from({ length: 50 }, () => seal(plain, bakeryKey, token).toString('hex')))
    expect(seen.size).toBe(50)
    for (const sealed of seen) expect(sealed).not.toContain(plain.toString('hex'))
  })

  test('names the key it was sealed with, and one of a version to come is not guessed at', () => {
    const sealed = seal(Buffer.from('x'), bakeryKey, token)
    expect(keyNumberOf(sealed)).toBe(7)
    sealed[0] = 2
    expect(codeOf(() => open(sealed, () => bakeryKey.key, token))).toBe('vault.format-unknown')
  })
})

describe('a record key', () => {
  test('seals a few dozen values, each under a nonce of its own, and then no more', () => {
    const shared = newRecordKey(bakeryKey, token.scope)
    const sealed = Array.from({ length: VALUES_MAX }, () => sealUnder(Buffer.from('x'), shared, token.binding))
    expect(new Set(sealed.map((one) => one.subarray(65, 77).toString('hex'))).size).toBe(VALUES_MAX)
    for (const one of sealed) expect(open(one, () => bakeryKey.key, token).toString()).toBe('x')
    expect(() => sealUnder(Buffer.from('x'), shared, token.binding)).toThrow(RangeError)
  })

  test('does not let one of its values pass for another', () => {
    const shared = newRecordKey(bakeryKey, token.scope)
    const [one, other] = [['a'], ['b']].map((binding) => sealUnder(Buffer.from('x'), shared, binding))
    expect(codeOf(() => open(other ?? Buffer.alloc(0), () => bakeryKey.key, { ...token, binding: ['a'] }))).toBe(
      'vault.unreadable',
    )
    expect(open(one ?? Buffer.alloc(0), () => bakeryKey.key, { ...token, binding: ['a'] }).toString()).toBe('x')
  })
})

describe('turning the key', () => {
  test('re-wraps the record key and leaves the encrypted value as it is', () => {
    fc.assert(
      fc.property(values, belongings, (plain, belonging) => {
        const sealed = seal(plain, bakeryKey, belonging)
        const turned = rewrap(sealed, () => bakeryKey.key, nextKey, belonging.scope)
        expect(keyNumberOf(turned)).toBe(8)
        expect(turned.subarray(65)).toEqual(sealed.subarray(65))
        expect(Uint8Array.from(open(turned, () => nextKey.key, belonging))).toEqual(plain)
        expect(codeOf(() => open(turned, () => bakeryKey.key, belonging))).toBe('vault.unreadable')
      }),
    )
  })

  test('re-wraps nothing for somebody whose it is not', () => {
    const sealed = seal(Buffer.from('x'), bakeryKey, token)
    expect(codeOf(() => rewrap(sealed, () => bakeryKey.key, nextKey, 'butcher'))).toBe('vault.unreadable')
  })
})

/** The code of the fault that something throws; what else it throws goes on. */
function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return String((error as { code?: unknown }).code)
  }
  return 'nothing was thrown'
}

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cardShapedNumbers, findCardNumbers, maskCardNumbers, passesLuhn, schemeOf } from './card-numbers.ts'

const masked = (text: string) => maskCardNumbers(text).text

describe('card numbers that are found', () => {
  // Numbers that are published for testing, or made up.
  test.each([
    ['visa', '4111111111111111'],
    ['visa', '4000000000000000006'],
    ['mastercard', '5555555555554444'],
    ['mastercard', '2223003122003222'],
    ['american_express', '378282246310005'],
    ['discover', '6011111111111117'],
    ['diners', '30569309025904'],
    ['diners', '36227206271667'],
    ['jcb', '3530111333300000'],
    ['unionpay', '6200000000000005'],
    ['maestro', '6759649826438453'],
    ['mir', '2200000000000053'],
    ['rupay', '6074820000000009'],
    ['troy', '9792030394440796'],
  ])('%s %s', (scheme, number) => {
    expect(schemeOf(number)).toBe(scheme)
    expect(masked(number)).toBe('*'.repeat(number.length - 4) + number.slice(-4))
  })

  test.each([
    ['4111 1111 1111 1111', '**** **** **** 1111'],
    ['4111-1111-1111-1111', '****-****-****-1111'],
    ['4111.1111.1111.1111', '****.****.****.1111'],
    ['4111\u00a01111\u202f1111\u20131111', '****\u00a0****\u202f****\u20131111'],
    ['3782 822463 10005', '**** ****** *0005'],
    ['3056 930902 5904', '**** ****** 5904'],
    ['4000 0000 0000 0000 006', '**** **** **** ***0 006'],
    ['paid with 4111 1111 1111 1111 by phone', 'paid with **** **** **** 1111 by phone'],
    ['4111 1111 1111 1111 12 26', '**** **** **** 1111 12 26'],
    ['4111 1111 1111 1111 123', '**** **** **** 1111 123'],
    ['order 12 4111 1111 1111 1111', 'order 12 **** **** **** 1111'],
    ['4111111111111111,5555555555554444', '************1111,************4444'],
    ['4111 1111 1111 1111 5555 5555 5555 4444', '**** **** **** 1111 **** **** **** 4444'],
    ['VISA4111111111111111 exp 12/26', 'VISA************1111 exp 12/26'],
    ['%B4111111111111111^DOE/JANE^2712', '%B************1111^DOE/JANE^2712'],
    [';4111111111111111=2712101?', ';************1111=2712101?'],
    ['4111111111111111.0', '************1111.0'],
    [
      '{"pan":"4111111111111111","cards":[1,5555555555554444]}',
      '{"pan":"************1111","cards":[1,************4444]}',
    ],
    ['https://pay.example/?pan=4111111111111111', 'https://pay.example/?pan=************1111'],
  ])('%s', (text, wanted) => {
    expect(masked(text)).toBe(wanted)
  })
})

test.each([
  ['a wrong last digit', '4111111111111112'],
  ['an extinct length', '4222222222222'],
  ['a beginning that no scheme has', '1111111111111117'],
  ['an EAN-13', '4006381333931'],
  ['a longer run', '41111111111111111'.repeat(2)],
  ['a phone number', '+378282246310005'],
  ['an amount', '4111111111111111.25'],
  ['an amount with a comma', '4111111111111111,25'],
  ['a fraction', '0.5555555555554444'],
  ['a fraction with a comma', '0,5555555555554444'],
  ['an id', 'ORD4111111111111111'],
  ['a part of a hash', 'c0ffee4111111111111111ab'],
  ['the path of an address', 'https://shop.example/orders/4111111111111111'],
  ['a value in an address', 'https://shop.example/?order=4111111111111111&x=1'],
  ['an IBAN', 'DE44 5001 0517 5407 3249 31, DE44500105175407324931'],
  ['an IBAN whose groups look like a card', 'FR76 3000 6000 0112 3456 7890 189'],
  ['a UUID', '12345678-4111-4111-8111-411111111111'],
  ['an article on a case', `GTIN ${articleThatPassesBoth()}`],
])('%s is none', (_, text) => {
  expect(maskCardNumbers(text)).toEqual({ text, found: 0 })
})

/** Fourteen digits that are right by Luhn's rule and as a GTIN. */
function articleThatPassesBoth(): string {
  for (let body = 3600000000000; ; body++) {
    for (let check = 0; check < 10; check++) {
      const digits = `${body}${check}`
      const sum = Array.from(digits, Number).reduce((total, digit, at) => total + digit * (at % 2 === 0 ? 3 : 1), 0)
      if (sum % 10 === 0 && passesLuhn(digits)) return digits
    }
  }
}

test('a number that fails is told from one that passes', () => {
  const shaped = cardShapedNumbers('4111 1111 1111 1112 and 4111111111111111')
  expect(shaped.map(({ digits, grouped, passes }) => ({ digits, grouped, passes }))).toEqual([
    { digits: '4111111111111112', grouped: true, passes: false },
    { digits: '4111111111111111', grouped: false, passes: true },
  ])
})

const schemes = fc.constantFrom(
  ...([
    ['4', 16],
    ['4', 19],
    ['51', 16],
    ['2720', 16],
    ['37', 15],
    ['36', 14],
    ['3589', 16],
    ['6011', 16],
  ] as const),
  ...([
    ['622126', 17],
    ['5019', 16],
    ['6304', 18],
    ['8172', 16],
    ['2204', 16],
    ['9792', 16],
    ['506099', 19],
  ] as const),
)
const cards = schemes.chain(([start, length]) =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), {
      minLength: length - start.length - 1,
      maxLength: length - start.length - 1,
    })
    .map((rest) => {
      const body = start + rest.join('')
      const check = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].find((digit) => passesLuhn(`${body}${digit}`))
      return `${body}${check}`
    }),
)
const words = fc.array(fc.constantFrom('paid', 'Tisch', 'ok,', 'für', '(ref)', '€', '"', 'x', ':', '№', '\n', 'and'), {
  maxLength: 6,
})
const signs = fc.constantFrom(' ', '-', '.', '\u00a0')
const groups: Readonly<Record<number, readonly number[]>> = {
  14: [4, 6, 4],
  15: [4, 6, 5],
  16: [4, 4, 4, 4],
  17: [4, 4, 4, 4, 1],
  18: [4, 4, 4, 4, 2],
  19: [4, 4, 4, 4, 3],
}

function parted(card: string, sign: string): string {
  const pattern = (groups[card.length] ?? []).map((length) => `(\\d{${length}})`).join('')
  return new RegExp(`^${pattern}$`).exec(card)?.slice(1).join(sign) ?? card
}

test('any card among any words keeps four digits and nothing else of it', () => {
  fc.assert(
    fc.property(cards, fc.option(signs), words, words, (card, sign, before, after) => {
      const number = sign === null ? card : parted(card, sign)
      const text = `${before.join(' ')} ${number} ${after.join(' ')}`
      const result = maskCardNumbers(text)
      expect(result.found).toBe(1)
      expect(result.text).toHaveLength(text.length)
      expect(result.text.replace(/[^\d]/g, '')).toBe(card.slice(-4))
    }),
    { numRuns: 500 },
  )
})

test('one wrong digit, and it is no card', () => {
  fc.assert(
    fc.property(cards, fc.nat(18), fc.integer({ min: 1, max: 9 }), (card, place, step) => {
      const at = place % card.length
      const wrong = `${card.slice(0, at)}${(Number(card[at]) + step) % 10}${card.slice(at + 1)}`
      expect(findCardNumbers(wrong)).toEqual([])
    }),
  )
})

test('what was masked is not masked again, and no text makes it fail', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789 .-4445,+/aB_:\u00a0é'), maxLength: 200 }), (text) => {
      const once = maskCardNumbers(text)
      expect(once.text).toHaveLength(text.length)
      for (let at = 0; at < text.length; at++) {
        if (once.text[at] !== text[at]) expect([once.text[at], /\d/.test(text[at] ?? '')]).toEqual(['*', true])
      }
      expect(findCardNumbers(once.text).map((number) => number.digits)).toEqual([])
    }),
  )
})

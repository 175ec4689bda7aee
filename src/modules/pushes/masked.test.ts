import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { coveringOf, maskedBody } from './masked.ts'

// What people see of a request or an answer in an order's history.

const covering = coveringOf(null, {})
const strangers = { orders: [{ recipient: { display_name: 'Ottoline Quist', phone_number: '+4930998877' }, total: 5 }] }

describe('what was answered', () => {
  test('is shown with what is personal covered by its name', () => {
    const shown = JSON.stringify(maskedBody(JSON.stringify(strangers), covering))
    expect(shown).toContain('"total":5')
    expect(shown).not.toMatch(/Ottoline|998877/)
  })

  test('and not at all where it was cut: a search answers other customers’ orders too', () => {
    const whole = JSON.stringify([strangers, strangers])
    fc.assert(
      fc.property(fc.integer({ min: 1, max: whole.length - 1 }), (length) => {
        expect(JSON.stringify(maskedBody(whole.slice(0, length), covering))).not.toMatch(/Ottol|9988/)
      }),
    )
  })

  test('a page that is no JSON is shown by its beginning', () => {
    expect(maskedBody('<html>502 Bad Gateway</html>', covering)).toBe('<html>502 Bad Gateway</html>')
  })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MASK, masked, maskedJson } from './masked.ts'

test('what stands at a path is covered, at whatever depth the record lies', () => {
  const order = {
    id: '1',
    buyer: { email: 'grace@example.org', city: 'Ulm' },
    lines: [{ note: 'for Grace', name: 'Tea' }],
  }
  const paths = ['buyer.email', 'lines[].note']
  const bare = { id: '1', buyer: { email: MASK, city: 'Ulm' }, lines: [{ note: MASK, name: 'Tea' }] }
  expect(masked(order, paths)).toEqual(bare)
  expect(masked({ type: 'order', data: { object: [order] } }, paths)).toEqual({
    type: 'order',
    data: { object: [bare] },
  })
})

test('a star stands for any one name', () => {
  const record = { pickup: { phone: '+49', at: 1 }, delivery: { phone: '+33', at: 2 }, phone: null }
  expect(masked(record, ['*.phone'])).toEqual({
    pickup: { phone: MASK, at: 1 },
    delivery: { phone: MASK, at: 2 },
    phone: null,
  })
})

test('a star stands for the places of a list, which may as well go unsaid', () => {
  const record = { pickups: [{ details: { name: 'Grace', at: 1 } }], tags: ['Grace'] }
  const shown = { pickups: [{ details: { name: MASK, at: 1 } }], tags: [MASK] }
  expect(masked(record, ['pickups.*.details.name', 'tags.*'])).toEqual(shown)
  expect(masked(record, ['pickups.details.name', 'tags'])).toEqual({ ...shown, tags: MASK })
})

test('an object at a path is covered whole', () => {
  expect(masked({ address: { street: 'High street 1' } }, ['address'])).toEqual({ address: MASK })
})

test('what is no JSON is not shown', () => {
  expect(maskedJson('grace@example.org', ['buyer.email'])).toBeNull()
})

test('a covered word is nowhere in what is shown', () => {
  const secret = 'grace@example.org'
  const leaf = fc.constantFrom('tea', 7, null)
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'buyer'), tie('tree'), { maxKeys: 3 }),
      tie('tree').map((inner) => ({ buyer: { email: secret, inner } })),
    ),
  }))
  fc.assert(
    fc.property(tree, (value) => {
      expect(JSON.stringify(masked(value, ['buyer.email']))).not.toContain(secret)
    }),
  )
})

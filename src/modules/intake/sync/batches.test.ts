import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchesOf } from './batches.ts'

const locations = fc.uniqueArray(fc.stringMatching(/^[A-Z0-9]{1,13}$/), { minLength: 1, maxLength: 500 })

test('every place of one to five hundred is in exactly one batch, and no batch is too large', () => {
  fc.assert(
    fc.property(locations, fc.integer({ min: 1, max: 50 }), (all, max) => {
      const batches = batchesOf(all, max).map((batch) => batch ?? [])
      expect(batches.flat().sort()).toEqual([...all].sort())
      const sizes = batches.map((batch) => batch.length)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(max)
      expect(batches).toHaveLength(Math.ceil(all.length / max))
      // As even as can be.
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }),
  )
})

test('the order in which places are told, and a place told twice, make no other batches', () => {
  fc.assert(
    fc.property(locations, fc.integer({ min: 1, max: 10 }), (all, max) => {
      expect(batchesOf([...all, ...all].reverse(), max)).toEqual(batchesOf(all, max))
    }),
  )
})

test('a stream of the whole account is one batch, whatever places there are', () => {
  expect(batchesOf(['A', 'B'], null)).toEqual([null])
  expect(batchesOf([], null)).toEqual([null])
})

test('without a place there is nothing to ask for', () => {
  expect(batchesOf([], 10)).toEqual([])
})

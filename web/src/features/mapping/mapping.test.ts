import { expect, test } from 'vitest'
import { articleName, isRepriced, itemName } from './naming.ts'
import { readMappingSearch, statesOf } from './search.ts'

test('a mistyped address shows every item', () => {
  expect(readMappingSearch({ show: 'lost', channel: '', q: ' ' })).toEqual({})
  expect(readMappingSearch({ show: 'all', q: 114 })).toEqual({ q: '114' })
})

test('other prices are looked for among what is mapped', () => {
  expect(statesOf('repriced')).toEqual(['mapped'])
  expect(statesOf('open')).toEqual(['suggested', 'unmapped'])
  expect(statesOf(undefined)).toBeUndefined()
  expect(isRepriced({ state: 'mapped', prices: 'accepted' })).toBe(false)
  expect(isRepriced({ state: 'mapped', prices: 'currency' })).toBe(true)
  expect(isRepriced({ state: 'broken', prices: 'differs' })).toBe(false)
})

test('an article that no catalogue knows is called by its id', () => {
  expect(articleName({ id: 'V7', name: null, variant: null })).toBe('V7')
  expect(itemName({ name: 'Latte', variant: 'Large' })).toBe('Latte – Large')
})

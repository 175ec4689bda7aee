import { expect, test } from 'vitest'
import { allows } from './scopes.ts'

test('more includes less, and the star every noun', () => {
  expect(allows(['orders:write'], 'orders:read')).toBe(true)
  expect(allows(['*:admin'], 'tasks:write')).toBe(true)
  expect(allows(['orders:read', '*:read'], 'orders:write')).toBe(false)
  expect(allows(['mapping:admin'], 'orders:read')).toBe(false)
  expect(allows([], 'orders:read')).toBe(false)
})

import { expect, test } from 'vitest'
import { covers, isScope } from './scopes.ts'

test.each([
  ['sites:read', 'sites:read', true],
  ['sites:write', 'sites:read', true],
  ['sites:admin', 'sites:write', true],
  ['sites:read', 'sites:write', false],
  ['sites:admin', 'sales:read', false],
  ['*:read', 'sales:read', true],
  ['*:read', 'sales:write', false],
  ['*:admin', '*:read', true],
  ['sites:admin', '*:read', false],
  ['sites:own', 'sites:read', false],
  ['sites', 'sites:read', false],
  ['', 'sites:read', false],
])('%s reaches %s: %s', (held, needed, reaches) => {
  expect(covers([held], needed)).toBe(reaches)
})

test('a scope is a noun and a verb we know', () => {
  expect(['sites:read', '*:admin', 'pos-systems:write'].every(isScope)).toBe(true)
  expect(['sites', 'Sites:read', 'sites:delete', 'sites:read ', '**:read', ':read'].some(isScope)).toBe(false)
})

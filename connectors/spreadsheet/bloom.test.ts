import { expect, test } from 'vitest'
import { Bloom } from './bloom.ts'
import { keyHash } from './ids.ts'

test('what was added is always there, and of half a million others as good as none', () => {
  const filter = new Bloom(500_000 * 40)
  let wrong = 0
  for (let nth = 0; nth < 500_000; nth++) {
    const key = keyHash(`pr0rh9hi2-2025-${nth}`)
    if (filter.has(key)) wrong++
    filter.add(key)
  }
  for (let nth = 0; nth < 500_000; nth += 97) expect(filter.has(keyHash(`pr0rh9hi2-2025-${nth}`))).toBe(true)
  expect(wrong).toBeLessThanOrEqual(1)
})

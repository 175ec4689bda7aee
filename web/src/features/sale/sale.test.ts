import { expect, test } from 'vitest'
import { rowsText } from './revisions.tsx'

test('rows that follow each other are said as one span', () => {
  expect(rowsText([20, 18, 19, 24])).toBe('18–20, 24')
  expect(rowsText([7])).toBe('7')
})

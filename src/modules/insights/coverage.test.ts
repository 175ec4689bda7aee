import { expect, test } from 'vitest'
import { localDate } from '#kernel/instant.ts'
import { type CoverageSource, coverageOf } from './coverage.ts'
import { windowOf } from './window.ts'

const today = localDate('2026-03-31')
const march = windowOf('2026-03-01', '2026-03-30')
const live: CoverageSource = {
  ...{ id: 'a', name: 'Till', filesOnly: false, disconnected: false },
  span: windowOf('2026-01-01', '2026-03-20'),
}
const files: CoverageSource = { ...live, id: 'b', name: 'Files', filesOnly: true }

test('a connected source that has been silent for a while was given everything', () => {
  expect(coverageOf(march, [live], today)).toEqual({
    state: 'complete',
    gaps: [],
    say: 'Complete: the connection has data for all 30 days.',
  })
})

test('files know no day after their last, and none before their first', () => {
  const { gaps, say } = coverageOf(windowOf('2025-12-30', '2026-03-30'), [live, files], today)
  expect(gaps).toEqual([
    { from: '2025-12-30', to: '2025-12-31', connection_id: 'a', reason: 'its data begin later' },
    { from: '2025-12-30', to: '2025-12-31', connection_id: 'b', reason: 'no data was given for these days' },
    { from: '2026-03-21', to: '2026-03-30', connection_id: 'b', reason: 'no data was given for these days' },
  ])
  expect(say).toContain('Files: no data was given for these days (2026-03-21 to 2026-03-30)')
})

test('a source that was disconnected is silent because nobody listens', () => {
  const { gaps } = coverageOf(march, [{ ...live, disconnected: true }], today)
  expect(gaps).toEqual([{ from: '2026-03-21', to: '2026-03-30', connection_id: 'a', reason: 'it is disconnected' }])
})

test('a source without anything leaves the whole window open, and a window outside its span is one gap', () => {
  expect(coverageOf(march, [{ ...live, span: null }], today).say).toBe(
    'Partial: Till: nothing has arrived from it yet (2026-03-01 to 2026-03-30).',
  )
  const april = windowOf('2025-04-01', '2025-04-30')
  expect(coverageOf(april, [files], today).gaps).toEqual([
    { from: '2025-04-01', to: '2025-04-30', connection_id: 'b', reason: 'no data was given for these days' },
  ])
})

test('more gaps than a sentence holds are counted', () => {
  const many = ['b', 'c', 'd', 'e'].map((id) => ({ ...files, id, name: id }))
  expect(coverageOf(march, many, today).say).toMatch(/; and 1 more gaps\.$/)
})

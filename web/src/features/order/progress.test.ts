import { expect, test } from 'vitest'
import type { OrderHistoryEntry } from '../../app/wire.ts'
import { marksOf, reached, stepsOf } from './progress.ts'

const moved = (progress: 'accepted' | 'ready' | 'cancelled', at: string, late = false): OrderHistoryEntry => ({
  kind: 'progress',
  at,
  recorded_at: at,
  by: 'pos',
  progress,
  moved: !late,
  ready_at: null,
  reason: null,
  version: null,
  changed: [],
  note: null,
})
const placed = '2026-03-31T09:00:00Z'
const lunch = {
  progress: 'ready',
  placed_at: placed,
  fulfilment: { kind: 'pickup' },
  history: [moved('accepted', '2026-03-31T09:00:02Z'), moved('ready', '2026-03-31T09:12:00Z')],
} as const

test('what is picked up is never on its way', () => {
  expect(stepsOf(lunch)).not.toContain('dispatched')
  expect(stepsOf({ ...lunch, fulfilment: { kind: 'delivery' } })).toContain('dispatched')
})

test('an order that was taken back stops where it was', () => {
  const history = [...lunch.history, moved('cancelled', '2026-03-31T09:20:00Z')]
  expect(reached({ ...lunch, progress: 'cancelled', history }).progress).toBe('ready')
  expect(marksOf({ ...lunch, progress: 'cancelled', history })).toEqual([])
})

test('a word that came late has no time among the stations', () => {
  const history = [moved('ready', '2026-03-31T09:12:00Z'), moved('accepted', '2026-03-31T09:30:00Z', true)]
  expect([...reached({ ...lunch, history }).times.keys()]).toEqual(['placed', 'ready'])
})

test('only what lies ahead can be said at the counter', () => {
  expect(marksOf(lunch)).toEqual(['completed'])
  expect(marksOf({ ...lunch, progress: 'cancel_requested' })).toEqual(['completed'])
})

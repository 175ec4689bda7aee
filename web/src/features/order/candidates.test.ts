import { expect, test } from 'vitest'
import { questionOf } from './candidates.ts'

test('both sides of the question come from the task', () => {
  const data = {
    ours: { number: '1042', sent_at: '2026-03-31T09:00:00Z', shows: ['Total 19.00 EUR'] },
    candidates: [{ pos_order_id: 'A-7', pos_order_number: '17', created_at: null, shows: ['Total 19.00 EUR', 3] }],
  }
  expect(questionOf({ data })).toEqual({
    sentAt: '2026-03-31T09:00:00Z',
    candidates: [{ id: 'A-7', number: '17', createdAt: null, shows: ['Total 19.00 EUR'] }],
  })
})

test('what a task lacks is left out, and the question stands all the same', () => {
  const none = { sentAt: null, candidates: [] }
  expect(questionOf(undefined)).toEqual(none)
  expect(questionOf({ data: { ours: 'lost', candidates: [null, {}, { pos_order_id: 7 }] } })).toEqual(none)
})

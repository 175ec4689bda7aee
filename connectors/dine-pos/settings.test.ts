import { describe, expect, test } from 'vitest'
import { api } from './api.ts'
import { FIELDS, problemsOf, settingsOf } from './settings.ts'
import { CREDENTIALS } from './test-orders.ts'

const problems = (changes: Record<string, string>) => problemsOf({ ...CREDENTIALS, ...changes })

test('what a person leaves empty is India’s and our own contract', () => {
  expect(problems({})).toEqual([])
  expect(settingsOf(CREDENTIALS)).toMatchObject({
    profile: 'default',
    baseUrl: 'https://pos.example.com/v1',
    zone: 'Asia/Kolkata',
    currency: 'INR',
    placement: 'header',
  })
  expect(settingsOf({ ...CREDENTIALS, profile: 'Petpooja' })).toMatchObject({ profile: 'petpooja', placement: 'body' })
})

test.each([
  ['profile', 'dineplan', 'default, petpooja, urbanpiper'],
  ['base_url', 'pos.example.com', 'https://'],
  ['base_url', 'ftp://pos.example.com', 'https://'],
  ['base_url', 'http://pos.example.com', 'anybody on the way'],
  ['base_url', 'https://user:pass@pos.example.com', 'no user'],
  ['base_url', 'https://pos.example.com?key=1', 'before ?'],
  ['menu_base_url', 'http://pos.example.com', 'https://'],
  ['time_zone', 'IST+5', 'Asia/Kolkata'],
  ['currency', 'rupees', 'INR'],
  ['credential_placement', 'query', 'header or body'],
  ['app_key', 'två nycklar', 'header'],
  ['restaurant_id', 'R 77', 'space'],
  ['field_map', '{', 'no JSON'],
  ['field_map', '{"sucess":{}}', 'field map'],
  ['field_map', '{"push":{"path":"orders"}}', 'begin with /'],
  ['field_map', '{"statuses":{"cooking":"hot"}}', 'statuses.cooking'],
])('%s = %s is told at its field, in a sentence', (field, value, part) => {
  const found = problems({ [field]: value })
  expect(found).toMatchObject([{ field }])
  expect(found[0]?.say).toContain(part)
  expect(found[0]?.say).toMatch(/^[A-Z“].*\.$/)
})

test.each(['http://localhost:9151', 'http://192.168.1.20:8080/v1', 'http://till.local', 'https://10.0.0.5'])(
  '%s is plainly in one’s own network and may be spoken to as it is',
  (base_url) => {
    expect(problems({ base_url })).toEqual([])
  },
)

test('every field has a label, and a sentence that says where it comes from', () => {
  for (const { label, help } of FIELDS) {
    expect(label).not.toBe('')
    expect(help).toMatch(/\.$/)
  }
})

describe('a field map', () => {
  test('lays its entries over the contract’s and leaves the others', () => {
    const field_map = JSON.stringify({ push: { repeat_is_safe: true }, statuses: { ' In Oven ': 'preparing' } })
    const { map } = settingsOf({ ...CREDENTIALS, profile: 'petpooja', field_map })
    expect(map.push).toEqual({ path: '/save_order', idempotency_header: null, repeat_is_safe: true })
    expect(map.statuses).toEqual({ 'in oven': 'preparing' })
    expect(map.cancel).toEqual({ path: '/update_order_status' })
  })
})

test('with settings that are wrong nobody is asked', () => {
  expect(() => settingsOf({ ...CREDENTIALS, profile: 'planted' })).toThrow('settings: unauthorized settings_profile')
})

test('a connection whose credentials are gone has no address', () => {
  expect(api.baseUrlOf?.({})).toBeNull()
  expect(api.baseUrlOf?.({ base_url: ' https://pos.example.com/v1/ ' })).toBe('https://pos.example.com/v1')
})

import { expect, test } from 'vitest'
import type { NoticePreferences } from '../../app/wire.ts'
import { isChanged, toggled, wishesBody, wishesOf } from './wishes.ts'

const standing: NoticePreferences = {
  email: ['task', 'order_push_failed'],
  whatsapp: [],
  quiet_hours: null,
  time_zone: 'Europe/Dublin',
  urgent_at_once: true,
  phone: '4567',
  phone_agreed_at: '2026-03-31T09:00:00Z',
  kinds: [],
}

test('a choice that is taken back is no change', () => {
  const there = toggled(wishesOf(standing), 'email', 'sign_in_ended')
  expect(isChanged(there, standing)).toBe(true)
  expect(isChanged(toggled(there, 'email', 'sign_in_ended'), standing)).toBe(false)
})

test('the order in which kinds were chosen says nothing', () => {
  const turned = toggled(toggled(wishesOf(standing), 'email', 'task'), 'email', 'task')
  expect(turned.email).not.toEqual(standing.email)
  expect(isChanged(turned, standing)).toBe(false)
})

test('a number leaves only when it was changed, and with the consent to it', () => {
  expect(wishesBody(wishesOf(standing))).not.toHaveProperty('phone')
  expect(wishesBody({ ...wishesOf(standing), phone: null })).toMatchObject({ phone: null })
  const given = wishesBody({ ...wishesOf(standing), phone: '+353 85 123 4567', agreed: true })
  expect(given).toMatchObject({ phone: '+353 85 123 4567', phone_agreed: true })
})

test('quiet hours that are off are not sent', () => {
  expect(wishesBody({ ...wishesOf(standing), from: '20:00' }).quiet_hours).toBeNull()
  expect(wishesBody({ ...wishesOf(standing), quiet: true }).quiet_hours).toEqual({ from: '22:00', until: '07:00' })
})

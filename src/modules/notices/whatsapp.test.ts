import { afterAll, expect, test } from 'vitest'
import { newId } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import { startWhatsApp } from '#simulators/whatsapp/simulate.ts'
import type { Message } from './way.ts'
import { createWhatsApp } from './whatsapp.ts'

const cloud = await startWhatsApp({ templates: [{ name: 'tillwire_notice', language: 'en', parameters: 1 }] })
const { access_token: accessToken, phone_number_id: phoneNumberId } = cloud.credentials
const options = {
  baseUrl: `${cloud.baseUrl}/v23.0`,
  accessToken,
  phoneNumberId,
  template: { name: 'tillwire_notice', language: 'en' },
  clock: { now: (): Instant => instant(Math.floor(cloud.clock.now())) },
}
const whatsApp = createWhatsApp(options)
afterAll(async () => {
  await whatsApp.close()
  await cloud.close()
})

let numbers = 0
const message = (
  paragraphs: Message['paragraphs'] = [{ title: 'Order 7', say: 'It waits.', link: null }],
): Message => ({
  id: newId(),
  to: `+49151${String(10_000_000 + ++numbers)}`,
  subject: 'Order 7',
  paragraphs,
})

test('a message goes as the one parameter of the template, in one line and not too long', async () => {
  const link = 'https://hub.example/orders/7'
  const sent = message([
    { title: 'Order 7 waits', say: 'Nobody knows.\nLook   at it.', link },
    { title: 'Long', say: 'x'.repeat(3_000), link: null },
  ])
  expect(await whatsApp.send(sent)).toEqual({ kind: 'sent' })
  const [arrived] = cloud.sent(sent.to)
  const [text = ''] = arrived?.template?.parameters ?? []
  expect(text).toMatch(/^Order 7 waits: Nobody knows\. Look at it\. https:\/\/hub\.example\/orders\/7 — Long: x+…$/)
  expect(text.length).toBeLessThanOrEqual(900)
})

test.each([
  ['rate-limit', { kind: 'later', code: 'whatsapp.130429' }, 0],
  ['pair-rate-limit', { kind: 'later', code: 'whatsapp.131056' }, 0],
  ['undeliverable', { kind: 'refused', code: 'whatsapp.131026' }, 0],
  ['template-paused', { kind: 'refused', code: 'whatsapp.132015' }, 0],
  ['error-before-commit', { kind: 'unknown', code: 'whatsapp.131000' }, 0],
  ['error-after-commit', { kind: 'unknown', code: 'whatsapp.131000' }, 1],
  ['cut', { kind: 'unknown' }, 1],
  ['garbled', { kind: 'unknown', code: 'whatsapp.200' }, 1],
] as const)('%s is told for what it is', async (name, outcome, arrived) => {
  cloud.fault({ name, on: true, rate: 1, times: 1, seed: name })
  const sent = message()
  expect(await whatsApp.send(sent)).toMatchObject(outcome)
  expect(cloud.sent(sent.to)).toHaveLength(arrived)
  cloud.fault({ name, on: false })
})

test('a wrong token and a template that is not there name what to mend, and never the token', async () => {
  const wrong = createWhatsApp({ ...options, accessToken: 'EAAG-wrong' })
  const told = await wrong.send(message())
  expect(told).toMatchObject({ kind: 'later', code: 'whatsapp.190' })
  expect(JSON.stringify(told)).toContain('WHATSAPP_ACCESS_TOKEN')
  expect(JSON.stringify(told)).not.toContain('EAAG-wrong')
  await wrong.close()
  const other = createWhatsApp({ ...options, template: { name: 'no_such', language: 'en' } })
  expect(await other.send(message())).toMatchObject({ kind: 'refused', code: 'whatsapp.132001' })
  await other.close()
})

test('nobody there is worth another try', async () => {
  const nowhere = createWhatsApp({ ...options, baseUrl: 'http://127.0.0.1:9' })
  expect(await nowhere.send(message())).toMatchObject({ kind: 'later' })
  await nowhere.close()
})

import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StageClock } from '../stage/clock.ts'
import { WHATSAPP_FAULTS } from './faults.ts'
import { type RunningWhatsApp, startWhatsApp } from './simulate.ts'

const HOUR_MS = 3_600_000
const OWNER = '+44 7700 900123'
const NOTICE = { name: 'shop_notice', language: 'en', parameters: 2 }

let whatsApp: RunningWhatsApp

beforeEach(async () => {
  const clock = new StageClock({ at: Date.UTC(2026, 9, 20, 12), frozen: true })
  whatsApp = await startWhatsApp({ clock, templates: [NOTICE] })
})

afterEach(() => whatsApp.close())

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever an address answers, field by field.
type Json = any

async function send(body: Json, more: { token?: string; path?: string } = {}): Promise<{ status: number; body: Json }> {
  const { access_token, phone_number_id } = whatsApp.credentials
  const response = await fetch(`${whatsApp.baseUrl}${more.path ?? `/v23.0/${phone_number_id}/messages`}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${more.token ?? access_token}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify({ messaging_product: 'whatsapp', ...body }),
  })
  return { status: response.status, body: await response.json() }
}

function text(body: string, to = OWNER): Json {
  return { to, recipient_type: 'individual', type: 'text', text: { preview_url: false, body } }
}

function notice(parameters: readonly string[], template: Json = {}, to = OWNER): Json {
  const body = { type: 'body', parameters: parameters.map((each) => ({ type: 'text', text: each })) }
  return {
    to,
    type: 'template',
    template: { name: NOTICE.name, language: { code: 'en' }, components: [body], ...template },
  }
}

async function codeOf(body: Json, more: { token?: string; path?: string } = {}): Promise<readonly number[]> {
  const { status, body: answer } = await send(body, more)
  return [status, answer.error?.code ?? 0]
}

test('a template goes to anybody who has WhatsApp, and is kept with its words', async () => {
  const { status, body } = await send(notice(['An order waits', 'Ticket 26']))
  expect([status, body.contacts]).toEqual([200, [{ input: OWNER, wa_id: '447700900123' }]])
  expect(body.messages[0]).toMatchObject({ message_status: 'accepted', id: expect.stringMatching(/^wamid\./) })
  const listed: Json = await (await fetch(`${whatsApp.controlUrl}/sent?to=447700900123`)).json()
  expect(listed.sent).toEqual([
    {
      id: body.messages[0].id,
      to: '447700900123',
      type: 'template',
      at: '2026-10-20T12:00:00.000Z',
      text: null,
      template: { name: 'shop_notice', language: 'en', parameters: ['An order waits', 'Ticket 26'] },
    },
  ])
})

test('words of one’s own go only to whoever wrote within a day', async () => {
  expect(await codeOf(text('Hello'))).toEqual([400, 131047])
  whatsApp.act('write-in', { from: OWNER })
  await whatsApp.clock.advance(24 * HOUR_MS - 1)
  expect(await codeOf(text('Hello'))).toEqual([200, 0])
  await whatsApp.clock.advance(1)
  expect(await codeOf(text('Hello'))).toEqual([400, 131047])
  expect(whatsApp.sent(OWNER).map((each) => each.text)).toEqual(['Hello'])
})

test('what Meta would refuse is refused under Meta’s number for it', async () => {
  expect(await codeOf(notice(['one']))).toEqual([400, 132000])
  expect(await codeOf(notice([], { name: 'no_such' }))).toEqual([404, 132001])
  expect(await codeOf(notice(['a', 'b'], { language: { code: 'de' } }))).toEqual([404, 132001])
  expect(await codeOf(notice(['two\nlines', 'b']))).toEqual([400, 100])
  expect(await codeOf({ ...text('x'), to: undefined })).toEqual([400, 131008])
  expect(await codeOf({ ...text('x'), to: 'nobody' })).toEqual([400, 131009])
  expect(await codeOf({ ...text('x'), type: 'sticker' })).toEqual([400, 131009])
  expect(await codeOf({ ...text('x'), messaging_product: 'sms' })).toEqual([400, 100])
  expect(await codeOf(text('x'.repeat(4097)))).toEqual([400, 100])
  expect(await codeOf('{"broken')).toEqual([400, 100])
  expect(await codeOf(text('x'), { token: 'EAAnobody' })).toEqual([401, 190])
  expect(await codeOf(text('x'), { path: '/v23.0/1/messages' })).toEqual([400, 100])
  expect(await codeOf(text('x'), { path: '/elsewhere' })).toEqual([400, 100])
  whatsApp.act('lose-number', { number: OWNER })
  expect(await codeOf(notice(['a', 'b']))).toEqual([400, 131026])
  whatsApp.act('find-number', { number: OWNER })
  whatsApp.act('add-template', { template: 'plain', language: 'de', parameters: 0 })
  expect(await codeOf(notice([], { name: 'plain', language: { code: 'de' } }))).toEqual([200, 0])
  expect(whatsApp.sent()).toHaveLength(1)
})

test('errors have the form of the Graph API, with the details where its papers put them', async () => {
  const { body } = await send(text('Hello'))
  expect(body.error).toEqual({
    message: '(#131047) Re-engagement message',
    type: 'OAuthException',
    code: 131047,
    error_data: { messaging_product: 'whatsapp', details: expect.stringContaining('24 hours') },
    fbtrace_id: expect.stringMatching(/^A/),
  })
})

const PLAYED = [
  ['timeout-before-commit', null, 0],
  ['timeout-after-commit', null, 1],
  ['error-before-commit', 131000, 0],
  ['error-after-commit', 131000, 1],
  ['outage', null, 0],
  ['cut', null, 1],
  ['garbled', null, 1],
  ['slow-answer', 0, 1],
  ['rate-limit', 130429, 0],
  ['account-rate-limit', 80007, 0],
  ['pair-rate-limit', 131056, 0],
  ['rate-limit-storm', 130429, 0],
  ['token-expired', 190, 0],
  ['undeliverable', 131026, 0],
  ['template-paused', 132015, 0],
] as const

test.each(PLAYED)('under %s the code is %s and %i messages were sent', async (name, code, sent) => {
  whatsApp.fault({ name, on: true, rate: 1, value: 0.05 })
  const answer = await codeOf(notice(['a', 'b'])).catch(() => [0, null])
  expect([answer[1], whatsApp.sent().length]).toEqual([code, sent])
})

test('every fault is played above', () => {
  expect(PLAYED.map(([name]) => name).sort()).toEqual(WHATSAPP_FAULTS.map(({ name }) => name).sort())
})

test('a token that was renewed ends the old one; what it was asked is counted', async () => {
  const token = String(whatsApp.act('renew-token'))
  expect(await codeOf(notice(['a', 'b']))).toEqual([401, 190])
  expect(await codeOf(notice(['a', 'b']), { token })).toEqual([200, 0])
  const counts = whatsApp.cloud.requests.counts()
  expect([counts.calls, counts.statuses]).toEqual([{ 'messages.send': 2 }, { 200: 1, 401: 1 }])
  const books = await (await fetch(`${whatsApp.controlUrl}/books`)).json()
  expect(books).toEqual({ books: { sent: 1, texts: 0, templates: 1 } })
  expect((await fetch(`${whatsApp.controlUrl}/sell`, { method: 'POST' })).status).toBe(400)
})

test('what was answered with 200 was sent, and each message has an id of its own', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('rate-limit', 'error-before-commit', 'ok'), { maxLength: 8 }),
      async (days) => {
        const before = whatsApp.sent().length
        const ids: string[] = []
        for (const day of days) {
          if (day !== 'ok') whatsApp.fault({ name: day, on: true, rate: 1, times: 1 })
          const { status, body } = await send(notice(['a', 'b']))
          if (status === 200) ids.push(body.messages[0].id)
        }
        expect(new Set(ids).size).toBe(days.filter((day) => day === 'ok').length)
        expect(
          whatsApp
            .sent()
            .slice(before)
            .map(({ id }) => id),
        ).toEqual(ids)
      },
    ),
    { numRuns: 15 },
  )
})

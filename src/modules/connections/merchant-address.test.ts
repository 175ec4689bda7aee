import { describe, expect, test } from 'vitest'
import { serve } from '#platform/outbound/test-server.ts'
import type { ProviderCall } from '../../../connectors/contract.ts'
import { askFor, call, madeUpLive, openHub } from './test-converse.ts'

// Merchants with an address of their own, and systems that want the sign-in in the body of a call.

/** A server that answers what it was sent. */
async function echo() {
  const asked: string[] = []
  const { baseUrl } = await serve((request, response) => {
    asked.push(request.url ?? '')
    response.end('{}')
  })
  return { baseUrl, asked }
}

describe('a second address of the merchant', () => {
  test('is where a call goes that names it', async () => {
    const [till, menus] = [await echo(), await echo()]
    const hub = openHub({ baseUrl: till.baseUrl })
    const ref = hub.connect({ addressBy: 'merchant' })
    await hub.converse(ref, 'live', () => askFor(call('/orders'), call('/menu', { baseUrl: `${menus.baseUrl}/v1` })))
    expect([till.asked, menus.asked]).toEqual([['/orders'], ['/v1/menu']])
  })

  test('is left alone where the hub was told whom to ask', async () => {
    const [till, menus] = [await echo(), await echo()]
    const hub = openHub({ baseUrl: till.baseUrl })
    await hub.converse(hub.connect(), 'live', () => askFor(call('/menu', { baseUrl: menus.baseUrl })))
    expect([till.asked, menus.asked]).toEqual([['/menu'], []])
  })

  test('leads no more into the house than the first one does', async () => {
    const till = await echo()
    const hub = openHub({ baseUrl: 'https://pos.invalid' })
    const ref = hub.connect({ addressBy: 'merchant', guarded: true })
    const talk = () => askFor(call('/menu', { method: 'POST', baseUrl: till.baseUrl }))
    await expect(hub.converse(ref, 'live', talk)).rejects.toMatchObject({
      neverSent: true,
      verdict: { kind: 'refused', code: 'private_address' },
    })
    expect(till.asked).toEqual([])
  })
})

test('a sign-in that travels in the body is put in at sending, and stands in no call that anybody sees', async () => {
  const bodies: string[] = []
  const { baseUrl } = await serve((_, response) => response.end('{}'))
  const live = madeUpLive()
  const body: NonNullable<typeof live.api.body> = ({ credentials }, { body: own }) => {
    const whole = JSON.stringify({ token: credentials.access_token, ...JSON.parse(own ?? '{}') })
    bodies.push(whole)
    return whole
  }
  const hub = openHub({ baseUrl })
  const ref = hub.connect({ live: { ...live, api: { ...live.api, body } } })
  const seen: ProviderCall[] = []
  const push = call('/orders', { method: 'POST', body: '{"order":1}', writes: true })
  const watch = { before: async (one: ProviderCall) => void seen.push(one), after: async () => undefined }
  await hub.converse(ref, 'live', () => askFor(push), { once: true, watch })
  expect(bodies).toEqual(['{"token":"planted-token-1","order":1}'])
  expect(JSON.stringify(seen)).toContain('"{\\"order\\":1}"')
  expect(JSON.stringify(seen)).not.toContain('planted')
})

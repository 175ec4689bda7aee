import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import { converse, type Line, openLine } from '../../conformance/line.ts'
import type { Provider } from '../../conformance/stage.ts'
import { CallFailed, type OutgoingOrder, type PushedOrder } from '../../contract.ts'
import { square } from '../connector.ts'
import { squareStage } from '../test-stage.ts'
import { orders } from './orders.ts'
import { anyOrder, orderWith, outgoingOf } from './test-order.ts'

const { live } = square
if (live === undefined) throw new Error('Square is live')
const AT = instant(Date.UTC(2026, 9, 1, 2))

let provider: Provider
let line: Line

beforeAll(async () => {
  const { home } = squareStage
  provider = await squareStage.open({ places: [home], at: AT, seed: 7 })
  line = openLine(live, provider)
})
afterAll(() => provider.close())

const place = () => provider.places[0]?.id ?? ''
const push = (outgoing: OutgoingOrder) => converse(line, provider, (link) => orders.push(link, outgoing))
const find = (outgoing: OutgoingOrder) => {
  const sent = { first: provider.now(), last: provider.now() }
  return converse(line, provider, (link) => orders.find?.(link, outgoing, sent) ?? never())
}
const report = (outgoing: OutgoingOrder, { externalId }: PushedOrder) =>
  converse(line, provider, (link) => orders.report?.(link, externalId, outgoing) ?? never())
// biome-ignore lint/correctness/useYield: a talk that must not be held.
function* never(): Generator<never, never, never> {
  throw new Error('Square promises it')
}
const callsSince = (before: number) => line.calls.slice(before).map(({ name }) => name)

describe('an order put into Square', () => {
  test('costs there what the channel promised, is paid, and is one however often it is put in', async () => {
    const order = orderWith({
      items: [
        { quantity: '2', unitPrice: 500, modifiers: [{ name: 'Oat milk', unitPrice: 60 }], note: 'extra hot' },
        { name: 'Croissant', unitPrice: 395, discount: 40 },
      ],
      charges: [{ kind: 'packing', name: 'Bag', amount: 15n }],
      tip: 100n,
    })
    const outgoing = outgoingOf(order, place())
    const [first, again] = [await push(outgoing), await push(outgoing)]
    expect(first).toMatchObject({ total: order.total, progress: 'placed', number: 'WEB-1001' })
    expect(again.externalId).toBe(first.externalId)
    expect(first.records.map(({ kind }) => kind)).toEqual(['order', 'payment'])
    const found = await find(outgoing)
    expect(found).toMatchObject([{ match: 'certain', whole: true, pushed: { externalId: first.externalId } }])
    expect(await report(outgoing, first)).toMatchObject({ reference: outgoing.reference, progress: 'placed' })
  })

  test('comes to the same total there, whatever it is made of', async () => {
    await fc.assert(
      fc.asyncProperty(anyOrder, async (traits) => {
        const order = orderWith(traits)
        const pushed = await push(outgoingOf(order, place()))
        expect(pushed.total).toBe(order.total)
        expect(await find(outgoingOf(order, place()))).toMatchObject([{ whole: true }])
      }),
      { numRuns: 40 },
    )
  })

  test('sends what was shown before, and nothing personal in a path or a name', async () => {
    const outgoing = outgoingOf(orderWith({ note: 'no nuts' }), place())
    const shown = orders.prepare(outgoing, provider.link)
    expect(orders.prepare(outgoing, provider.link)).toEqual(shown)
    const before = line.calls.length
    const pushed = await push(outgoing)
    const sent = line.calls.slice(before)
    expect(sent.map(({ name }) => name)).toEqual(shown.calls.map(({ name }) => name))
    expect(sent[0]?.body).toBe(shown.calls[0]?.body)
    expect(sent[1]?.body).toBe(shown.calls[1]?.body?.replace('{order}', pushed.externalId))
    expect(sent.every(({ writes }) => writes === true)).toBe(true)
    expect(sent.map(({ path, name }) => `${path} ${name}`).join()).not.toMatch(/Ada|Lovelace|6125/)
  })

  // Square shows by nothing whether an order of nought was paid: a try that nobody knows the end of is made again.
  test('that costs nothing is paid by its own call, and is one order too', async () => {
    const outgoing = outgoingOf(orderWith({ items: [{ unitPrice: 0 }] }), place())
    const before = line.calls.length
    const [first, again] = [await push(outgoing), await push(outgoing)]
    expect(callsSince(before).slice(0, 2)).toEqual(['orders.create', 'orders.pay'])
    expect(again.externalId).toBe(first.externalId)
    expect(await find(outgoing)).toHaveLength(1)
  })

  test('whose payment did not go through is found as not whole, and finished by another try', async () => {
    const outgoing = outgoingOf(orderWith({}), place())
    const talk = orders.push(provider.link, outgoing)
    const created = talk.next()
    if (created.done) throw new Error('it makes a call')
    const only = function* () {
      yield created.value
    }
    await converse(line, provider, only)
    expect(await find(outgoing)).toMatchObject([{ whole: false }])
    const pushed = await push(outgoing)
    expect(await find(outgoing)).toMatchObject([{ whole: true, pushed: { externalId: pushed.externalId } }])
  })

  test('whose mapping was changed between two tries is still one order', async () => {
    const order = orderWith({ items: [{ itemId: 'i-1' }] })
    const first = await push(outgoingOf(order, place()))
    const changed = outgoingOf(orderWith({ ...order, items: [{ itemId: 'i-1', name: 'Long black' }] }), place(), {
      key: order.id,
      reference: `tw-${order.id}`,
    })
    expect((await push({ ...changed, order: { ...changed.order, id: order.id } })).externalId).toBe(first.externalId)
    expect(await find(outgoingOf(order, place()))).toHaveLength(1)
  })

  test('is not mistaken for another of the same content', async () => {
    const [one, other] = [outgoingOf(orderWith({}), place()), outgoingOf(orderWith({}), place())]
    await push(one)
    expect(await find(other)).toEqual([])
  })

  test('with long texts is shortened with a word about it, and never refused', async () => {
    const long = '☕'.repeat(4_000)
    const order = orderWith({
      customer: { name: long, phone: '+61255550123456789', email: null },
      note: long,
      items: [{ name: long, note: long, modifiers: [{ name: long, unitPrice: 5 }] }],
    })
    const { warnings, problems } = orders.prepare(outgoingOf(order, place()), provider.link)
    expect(problems).toEqual([])
    const pointers = warnings.filter(({ code }) => code === 'orders.shortened').map(({ pointer }) => pointer)
    expect(pointers).toEqual(['/items/0/name', '/items/0/note', '/items/0/modifiers/0/name', '/customer/name', '/note'])
    expect((await push(outgoingOf(order, place()))).total).toBe(order.total)
  })

  test('for a table or a door says so first, where whoever makes it looks', async () => {
    const address = { lines: ['1 Quay St'], city: 'Sydney', region: 'NSW', postalCode: '2000', country: 'AU' }
    const order = orderWith({
      fulfilment: { kind: 'delivery', at: null, table: null, guests: null, address, note: 'Ring twice' },
      note: 'No nuts',
      payment: { state: 'due', method: 'card', reference: null },
    })
    const { calls, warnings } = orders.prepare(outgoingOf(order, place()), provider.link)
    const body = JSON.parse(calls[0]?.body ?? '{}')
    expect(body.order.fulfillments[0].pickup_details.note).toBe(
      'NOT YET PAID\nDELIVERY: 1 Quay St, 2000 Sydney, NSW\nNo nuts\nRing twice',
    )
    expect(warnings.map(({ code }) => code)).toEqual([
      'orders.unmapped-item',
      'orders.as-pickup',
      'orders.due-told-as-paid',
    ])
  })

  test('as a test is not paid, and can be taken back', async () => {
    const outgoing = outgoingOf(orderWith({ test: true }), place())
    const before = line.calls.length
    const pushed = await push(outgoing)
    expect(callsSince(before)).toEqual(['orders.create'])
    const cancel = () =>
      converse(line, provider, (link) => orders.cancel?.(link, pushed.externalId, outgoing, 'test') ?? never())
    await cancel()
    await cancel()
    expect(await report(outgoing, pushed)).toMatchObject({ progress: 'cancelled' })
  })

  test('that is paid is not taken back by us', async () => {
    const outgoing = outgoingOf(orderWith({}), place())
    const pushed = await push(outgoing)
    const refused = converse(
      line,
      provider,
      (link) => orders.cancel?.(link, pushed.externalId, outgoing, 'x') ?? never(),
    )
    await expect(refused).rejects.toMatchObject({ verdict: { kind: 'refused', code: 'ORDER_PAID' } })
    await expect(refused).rejects.toBeInstanceOf(CallFailed)
  })

  test('is changed in note and time, and a second change of the same is none', async () => {
    const order = orderWith({})
    const pushed = await push(outgoingOf(order, place()))
    const at = (provider.now() + 3_600_000) as Instant
    const changed = outgoingOf({ ...order, note: 'Oat please', fulfilment: { ...order.fulfilment, at } }, place())
    for (const _ of [1, 2]) {
      await converse(line, provider, (link) => orders.amend?.(link, pushed.externalId, changed) ?? never())
    }
    const [found] = await find(changed)
    const [record] = found?.pushed.records ?? []
    expect(JSON.parse(record?.body ?? '{}').fulfillments[0].pickup_details).toMatchObject({
      note: 'Oat please',
      pickup_at: expect.stringContaining(new Date(at).toISOString().slice(0, 16)),
    })
  })
})

describe.each(['JPY', 'KWD'])('an order in %s', (currency) => {
  test('keeps its digits', async () => {
    const there = await squareStage.open({
      places: [{ zone: squareStage.home.zone, country: 'AU', currency: currencyCode(currency) }],
      at: AT,
      seed: 11,
    })
    const own = openLine(live, there)
    const order = orderWith({
      currency,
      items: [
        { quantity: '0.35', unitPrice: 1_255 },
        { quantity: '3', unitPrice: 7 },
      ],
    })
    const outgoing = outgoingOf(order, there.places[0]?.id ?? '')
    const pushed = await converse(own, there, (link) => orders.push(link, outgoing))
    expect(pushed.total).toBe(order.total)
    await there.close()
  })
})

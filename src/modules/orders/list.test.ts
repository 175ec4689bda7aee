import { beforeAll, expect, test } from 'vitest'
import { type Id, newId } from '#kernel/ids.ts'
import { instant, instantText } from '#kernel/instant.ts'
import type { PushSummary } from './orders.ts'
import { DAY, type Json, NOW, pizzas, useOrders } from './test-orders.ts'

const hub = useOrders()
/** By what a test calls them. */
const made = new Map<string, Json>()

const summary = (status: PushSummary['status']): PushSummary => ({
  pushId: newId(),
  connectionId: newId(),
  status,
  outcome: null,
  posOrderId: status === 'success' ? 'pos-1' : null,
  posOrderNumber: null,
  retryCount: 0,
  nextTryAt: null,
  errorCode: null,
  waitsForPerson: false,
})

beforeAll(async () => {
  const placed = (daysAgo: number) => ({ placed_at: instantText(instant(NOW - daysAgo * DAY)) })
  const orders: Record<string, Json> = {
    today: { ...placed(0), number: 'A-100%' },
    yesterday: { ...placed(1), channel: 'app' },
    trial: { ...placed(2), test: true },
    old: { ...placed(30) },
  }
  for (const [name, changes] of Object.entries(orders)) made.set(name, await hub.made(hub.pizzeria, pizzas(changes)))
  hub.world.pushes.set(made.get('today')?.id as Id, summary('success'))
  hub.world.pushes.set(made.get('old')?.id as Id, summary('failed'))
})

const namesOf = (body: Json) =>
  (body.data as Json[]).map(({ id }) => [...made].find(([, order]) => order.id === id)?.[0] ?? 'a stranger')
const listed = async (query: string) => {
  const answer = await hub.ask(hub.pizzeria, 'GET', `orders?${query}`)
  expect(answer.status, answer.text).toBe(200)
  return namesOf(answer.body)
}

const FILTERS: Readonly<Record<string, readonly string[]>> = {
  '': ['today', 'yesterday', 'trial', 'old'],
  'from=2026-05-07': ['today', 'yesterday'],
  'to=2026-05-06': ['trial', 'old'],
  'from=2026-05-06T00:00:00Z&to=2026-05-08T00:00:00Z': ['yesterday', 'trial'],
  'channel=app': ['yesterday'],
  'test=true': ['trial'],
  'test=false&push=none': ['yesterday'],
  'push=success,failed': ['today', 'old'],
  'q=100%25': ['today'],
  'q=rossi': [],
  'progress=placed&site=main': ['today', 'yesterday', 'trial', 'old'],
  'progress=completed,cancelled': [],
}

test.each(Object.entries(FILTERS))('the list asked for "%s" shows these', async (query, names) => {
  expect(await listed(query)).toEqual(names)
})

test('pages follow each other without a gap or a repeat, also when asked for one push status', async () => {
  for (const query of ['limit=1', 'limit=1&push=success,failed,none', 'limit=3']) {
    const seen: string[] = []
    let cursor: unknown = ''
    while (cursor !== null) {
      const page = await hub.ask(hub.pizzeria, 'GET', `orders?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`)
      seen.push(...namesOf(page.body))
      cursor = page.body.next_cursor
    }
    expect(seen).toEqual(['today', 'yesterday', 'trial', 'old'])
  }
})

test('words that no filter knows are refused with their place', async () => {
  for (const [query, status, code] of [
    ['progress=eaten', 400, 'orders.filter'],
    ['push=maybe', 400, 'orders.filter'],
    ['from=yesterday', 400, 'orders.filter'],
    ['from=2026-05-08&to=2026-05-01', 400, 'orders.filter'],
    ['site=moon', 404, 'site.missing'],
    ['cursor=abc', 400, 'cursor.unreadable'],
    ['limit=501', 400, 'http.input-invalid'],
    ['q=a%00b', 400, 'http.request-malformed'],
  ] as const) {
    const answer = await hub.ask(hub.pizzeria, 'GET', `orders?${query}`)
    expect([query, answer.status, answer.body.code]).toEqual([query, status, code])
  }
})

test('the single order shows the person, its history and how far it is on its way', async () => {
  const { body, headers } = await hub.ask(hub.pizzeria, 'GET', `orders/${made.get('today')?.id}`)
  expect(headers.get('etag')).toBe('"1"')
  expect(body).toMatchObject({
    customer: { name: 'Maria Rossi' },
    push: { status: 'success', pos_order_id: 'pos-1' },
    history: [{ kind: 'received', version: 1 }],
  })
  expect((await hub.ask(hub.pizzeria, 'GET', `orders/${newId()}`)).body.code).toBe('orders.missing')
  expect((await hub.ask(hub.pizzeria, 'GET', 'orders/nonsense')).body.code).toBe('orders.missing')
})

test('the table has the same orders, and a number that would be a formula stays a text', async () => {
  const { id } = await hub.made(hub.pizzeria, pizzas({ number: '=1+1', channel: 'formula' }))
  made.set('formula', { id })
  const answer = await hub.ask(hub.pizzeria, 'GET', 'orders.csv?channel=formula')
  const [header, line, ...rest] = answer.text.trimEnd().split('\r\n')
  expect(header?.split(',').slice(0, 3)).toEqual(['placed_at', 'number', 'channel'])
  expect(line).toContain(`,'=1+1,formula,`)
  expect(line).toContain(',29.40,due,2,false,')
  expect(rest).toEqual([])
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#tests/harness/database.ts'
import { articlesFor, knownItems, mappingOf, replaceMapping } from './matching.ts'
import { article, type Kiosk, openStreet, type TestStreet } from './test-kiosk.ts'

const db = useDatabase()
let street: TestStreet
beforeAll(async () => {
  street = await openStreet(db)
})
afterAll(() => street.close())

const eur = (amount: number) => ({ amount, currency: 'EUR' })
const latte = { id: 'latte', name: 'Latte', price: eur(420), category: 'Drinks' }
const cake = { id: 'cake', name: 'Carrot cake', price: eur(350) }
const oat = { id: 'oat', name: 'Oat milk', kind: 'modifier', parent_id: 'latte', price: eur(50) }
const menu = [
  article('V1', 'Latte', { price: 420n, category: 'Drinks' }),
  article('V2', 'Carrot Cake', { price: 350n, sku: 'CC' }),
  article('V3', 'Espresso', { price: 250n }),
  article('M1', 'Oat milk', { price: 50n, parentExternalId: 'ML' }),
]

async function openKiosk(slug: string): Promise<Kiosk> {
  const kiosk = await street.openKiosk(slug)
  await street.stock(kiosk, ...menu)
  await street.ask(kiosk, 'PUT', '/channels/web-shop/items', { items: [latte, cake, oat] })
  return kiosk
}

const mappings = ({ till }: Kiosk, more = '') => `/pos/configurations/${till}/item-mappings${more}`
const rowsOf = async (kiosk: Kiosk, query = '') =>
  (await street.ask(kiosk, 'GET', mappings(kiosk, `?channel=web-shop${query}`))).json.data as {
    item: { id: string }
    state: string
    pos_item: { id: string } | null
    prices: string | null
    none: boolean
    shared_with: number
    suggestions: { pos_item: { id: string; name: string }; confidence: number }[]
  }[]
const inTenant = <T>(kiosk: Kiosk, work: Parameters<typeof db.database.tenant<T>>[1]) =>
  db.database.tenant(kiosk.tenant.id, work)

test('a channel hands in its whole catalogue, and hears what has changed', async () => {
  const kiosk = await street.openKiosk('catalogue')
  const put = (items: unknown, query = '') => street.ask(kiosk, 'PUT', `/channels/web-shop/items${query}`, { items })
  expect((await put([latte, cake, oat])).json).toMatchObject({ created: 3, updated: 0, removed: 0, unchanged: 0 })
  expect((await put([latte, cake, oat])).json).toMatchObject({ created: 0, updated: 0, removed: 0, unchanged: 3 })
  const dearer = { ...latte, price: eur(450) }
  expect((await put([dearer, oat])).json).toMatchObject({ created: 0, updated: 1, removed: 1, unchanged: 1 })

  const refused = await put([])
  expect(refused.status).toBe(409)
  expect(refused.text).toContain('2 of the 2 items')
  expect((await put([], '?confirm_removals=true')).json).toMatchObject({ removed: 2 })
  expect(await street.told(kiosk, 'channel_catalog.changed')).toEqual([
    { channel: 'web-shop', created: 3, updated: 0, removed: 0 },
    { channel: 'web-shop', created: 0, updated: 1, removed: 1 },
    { channel: 'web-shop', created: 0, updated: 0, removed: 2 },
  ])
})

test('a catalogue that names an id twice, or a field that is none, is refused whole', async () => {
  const kiosk = await street.openKiosk('refused')
  const twice = await street.ask(kiosk, 'PUT', '/channels/web-shop/items', { items: [latte, cake, { ...cake }] })
  expect(twice.status).toBe(422)
  expect(twice.json.errors).toMatchObject([{ pointer: '/items/2/id' }])
  const wrong = [
    { ...latte, price: { amount: 4.2, currency: 'EUR' } },
    { ...latte, price: { amount: 420, currency: 'EURO' } },
    { ...latte, price: { amount: -1, currency: 'EUR' } },
    { ...latte, id: ' latte' },
    { ...latte, name: '' },
    { ...latte, colour: 'brown' },
  ]
  for (const item of wrong) {
    const answer = await street.ask(kiosk, 'PUT', '/channels/web-shop/items', { items: [item] })
    expect(answer.status).toBe(400)
  }
  expect((await street.ask(kiosk, 'GET', '/channels')).json.data).toEqual([])
  expect((await street.ask(kiosk, 'GET', '/channels/web-shop/items')).status).toBe(404)
})

test('items are listed by name, page by page, and one is changed by itself', async () => {
  const kiosk = await openKiosk('listed')
  const first = await street.ask(kiosk, 'GET', '/channels/web-shop/items?limit=2')
  expect((first.json.data as { id: string }[]).map(({ id }) => id)).toEqual(['cake', 'latte'])
  const rest = await street.ask(kiosk, 'GET', `/channels/web-shop/items?limit=2&cursor=${first.json.next_cursor}`)
  expect(rest.json).toMatchObject({ data: [{ id: 'oat', kind: 'modifier', parent_id: 'latte' }], next_cursor: null })

  const gone = await street.ask(kiosk, 'PATCH', '/channels/web-shop/items/cake', { available: false })
  expect(gone.json).toMatchObject({ id: 'cake', available: false, offered: false, price: eur(350) })
  const listed = await street.ask(kiosk, 'GET', '/channels/web-shop/items?available=false')
  expect(listed.json.data).toMatchObject([{ id: 'cake' }])
  expect((await street.ask(kiosk, 'PATCH', '/channels/web-shop/items/tea', { available: true })).status).toBe(404)
})

test('nothing is mapped until somebody says so; then the order finds its articles', async () => {
  const kiosk = await openKiosk('confirmed')
  const sold = { connectionId: kiosk.till, channel: 'web-shop', itemIds: ['latte', 'cake', 'oat', 'nothing'] }
  const suggested = await rowsOf(kiosk)
  expect(suggested.map(({ item, state }) => [item.id, state])).toEqual([
    ['cake', 'suggested'],
    ['latte', 'suggested'],
    ['oat', 'suggested'],
  ])
  expect((await inTenant(kiosk, (tx) => articlesFor(tx, kiosk.tenant.id, sold))).size).toBe(0)

  const done = await street.ask(kiosk, 'POST', mappings(kiosk, '/confirmations'), {
    channel: 'web-shop',
    min_confidence: 0.8,
  })
  expect(done.json).toMatchObject({ changed: 3, skipped: [] })
  const articles = await inTenant(kiosk, (tx) => articlesFor(tx, kiosk.tenant.id, sold))
  expect([...articles]).toEqual([
    ['cake', { externalId: 'V2', parentExternalId: null, name: 'Carrot Cake', price: 350n }],
    ['latte', { externalId: 'V1', parentExternalId: null, name: 'Latte', price: 420n }],
    ['oat', { externalId: 'M1', parentExternalId: 'ML', name: 'Oat milk', price: 50n }],
  ])
  const again = { channel: 'web-shop', item_ids: ['latte', 'tea'] }
  expect((await street.ask(kiosk, 'POST', mappings(kiosk, '/confirmations'), again)).json).toMatchObject({
    changed: 0,
    change_id: null,
    skipped: [
      { item_id: 'tea', why: 'missing' },
      { item_id: 'latte', why: 'mapped' },
    ],
  })
})

test('mappings are edited one by one, replaced, and the last change is undone', async () => {
  const kiosk = await openKiosk('edited')
  const patch = (...list: unknown[]) =>
    street.ask(kiosk, 'PATCH', mappings(kiosk), { channel: 'web-shop', mappings: list })
  const stands = async () => (await rowsOf(kiosk)).map(({ item, pos_item }) => [item.id, pos_item?.id ?? null])

  await patch({ item_id: 'latte', pos_item_id: 'V1' }, { item_id: 'cake', pos_item_id: 'V1' })
  expect((await rowsOf(kiosk, '&state=mapped')).map(({ shared_with }) => shared_with)).toEqual([1, 1])
  await patch({ item_id: 'cake', pos_item_id: null })
  await street.ask(kiosk, 'PUT', mappings(kiosk), {
    channel: 'web-shop',
    mappings: [{ item_id: 'oat', pos_item_id: 'M1' }],
  })
  expect(await stands()).toEqual([
    ['cake', null],
    ['latte', null],
    ['oat', 'M1'],
  ])

  const undo = () => street.ask(kiosk, 'POST', mappings(kiosk, '/undo'), { channel: 'web-shop' })
  expect((await undo()).json).toMatchObject({ changed: 2 })
  expect(await stands()).toEqual([
    ['cake', null],
    ['latte', 'V1'],
    ['oat', null],
  ])
  expect((await undo()).status).toBe(200)
  expect(await stands()).toEqual([
    ['cake', 'V1'],
    ['latte', 'V1'],
    ['oat', null],
  ])
  expect((await undo()).status).toBe(200)
  expect(await stands()).toEqual([
    ['cake', null],
    ['latte', null],
    ['oat', null],
  ])
  expect((await undo()).status).toBe(409)
  const changes = await street.ask(kiosk, 'GET', mappings(kiosk, '/changes?channel=web-shop'))
  const hows = (changes.json.data as { how: string; undone_at: string | null }[]).map(({ how }) => how)
  expect(hows).toEqual(['undo', 'undo', 'undo', 'program', 'program', 'program'])
})

test('a mapping to what does not exist is refused with its place, and none of its list is stored', async () => {
  const kiosk = await openKiosk('wrong')
  const list = [
    { item_id: 'latte', pos_item_id: 'V1' },
    { item_id: 'tea', pos_item_id: 'V1' },
    { item_id: 'cake', pos_item_id: 'V9' },
    { item_id: 'latte', pos_item_id: 'V3' },
  ]
  const answer = await street.ask(kiosk, 'PUT', mappings(kiosk), { channel: 'web-shop', mappings: list })
  expect(answer.status).toBe(422)
  expect((answer.json.errors as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual([
    '/mappings/1/item_id',
    '/mappings/2/pos_item_id',
    '/mappings/3/item_id',
  ])
  expect((await rowsOf(kiosk)).every(({ pos_item }) => pos_item === null)).toBe(true)
})

test('an item that stands for none is not asked for again', async () => {
  const kiosk = await openKiosk('none')
  await street.ask(kiosk, 'PATCH', mappings(kiosk), {
    channel: 'web-shop',
    mappings: [{ item_id: 'cake', pos_item_id: null, none: true }],
  })
  const [row] = await rowsOf(kiosk, '&state=unmapped')
  expect(row).toMatchObject({ item: { id: 'cake' }, none: true, suggestions: [] })
})

test('a table goes out and comes back as it was; a wrong row stores nothing', async () => {
  const kiosk = await openKiosk('table')
  const table = mappings(kiosk, '.csv?channel=web-shop')
  const good = 'pos_item_id;note;item_id\r\nV1;;latte\r\n"M1";"a;b";oat\r\n;;cake\r\n'
  expect((await street.ask(kiosk, 'PUT', table, good)).json).toMatchObject({ changed: 2 })
  const out = await street.ask(kiosk, 'GET', table)
  expect(out.text.split('\r\n').slice(0, 4)).toEqual([
    expect.stringContaining('item_id,pos_item_id,state,item'),
    expect.stringMatching(/^cake,,suggested,Carrot cake,/),
    expect.stringMatching(/^latte,V1,mapped,Latte,/),
    expect.stringMatching(/^oat,M1,mapped,Oat milk,/),
  ])
  expect((await street.ask(kiosk, 'PUT', table, out.text)).json).toMatchObject({ changed: 0, change_id: null })

  const wrong = await street.ask(kiosk, 'PUT', table, 'item_id,pos_item_id\nlatte,V3\ncake,V9\n\ntea,V1\n')
  expect(wrong.status).toBe(422)
  expect((wrong.json.errors as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual([
    '/3/pos_item_id',
    '/5/item_id',
  ])
  expect((await street.ask(kiosk, 'PUT', table, 'item,article\nlatte,V1\n')).status).toBe(422)
  const less = await street.ask(kiosk, 'PUT', table, 'item_id,pos_item_id\n')
  expect([less.status, less.text.includes('2 of 2 mappings')]).toEqual([409, true])
  expect((await rowsOf(kiosk, '&state=mapped')).map(({ pos_item }) => pos_item?.id)).toEqual(['V1', 'M1'])
})

test('a configuration’s mapping holds in every channel that says nothing else', async () => {
  const kiosk = await openKiosk('everywhere')
  const { id: tenantId } = kiosk.tenant
  const said = { connectionId: kiosk.till, channel: null, by: 'key:1', requestId: null, now: street.now }
  await inTenant(kiosk, (tx) => replaceMapping(tx, tenantId, { ...said, mapping: { latte: 'V1', tea: 'V3' } }))
  expect(await inTenant(kiosk, (tx) => mappingOf(tx, tenantId, said))).toEqual({ latte: 'V1', tea: 'V3' })
  const sold = { connectionId: kiosk.till, itemIds: ['latte', 'tea'] }
  const found = (channel: string) =>
    inTenant(kiosk, async (tx) => [...(await articlesFor(tx, tenantId, { ...sold, channel })).keys()])
  expect([await found('web-shop'), await found('app')]).toEqual([
    ['latte', 'tea'],
    ['latte', 'tea'],
  ])
  await street.ask(kiosk, 'PATCH', mappings(kiosk), {
    channel: 'web-shop',
    mappings: [{ item_id: 'latte', pos_item_id: null }],
  })
  expect([await found('web-shop'), await found('app')]).toEqual([['tea'], ['latte', 'tea']])
  const wrong = { ...said, mapping: { 'a/b': 'V9' } }
  await expect(inTenant(kiosk, (tx) => replaceMapping(tx, tenantId, wrong))).rejects.toMatchObject({
    places: [{ pointer: '/push/item_mapping/a~1b' }],
  })
})

test('what the POS no longer sells is no article for an order', async () => {
  const kiosk = await openKiosk('deleted')
  await street.ask(kiosk, 'PATCH', mappings(kiosk), {
    channel: 'web-shop',
    mappings: [{ item_id: 'latte', pos_item_id: 'V1' }],
  })
  await street.stock(kiosk, article('V1', 'Latte', { price: 420n, deleted: true }))
  expect(await rowsOf(kiosk, '&state=broken')).toMatchObject([{ item: { id: 'latte' }, pos_item: { deleted: true } }])
  const sold = { connectionId: kiosk.till, channel: 'web-shop', itemIds: ['latte'] }
  expect((await inTenant(kiosk, (tx) => articlesFor(tx, kiosk.tenant.id, sold))).size).toBe(0)
})

test('which items a channel sells is known only where it said so', async () => {
  const kiosk = await openKiosk('known')
  const known = (channel: string) => inTenant(kiosk, (tx) => knownItems(tx, kiosk.tenant.id, channel, ['latte', 'tea']))
  expect(await known('web-shop')).toEqual(new Set(['latte']))
  expect(await known('phone')).toBeNull()
})

test('what people confirmed in one channel is suggested in the next', async () => {
  const kiosk = await openKiosk('history')
  await street.ask(kiosk, 'PATCH', mappings(kiosk), {
    channel: 'web-shop',
    mappings: [{ item_id: 'cake', pos_item_id: 'V3' }],
  })
  await street.ask(kiosk, 'PUT', '/channels/app/items', { items: [{ id: '77', name: 'CARROT CAKE' }] })
  const answer = await street.ask(kiosk, 'GET', mappings(kiosk, '/suggestions?channel=app'))
  expect(answer.json.data).toMatchObject([
    {
      item: { id: '77' },
      suggestions: [{ pos_item: { id: 'V3' }, confidence: 0.93, reasons: [{ code: 'confirmed-elsewhere' }] }, {}],
    },
  ])
})

test('one tenant sees and changes nothing of another', async () => {
  const ours = await openKiosk('ours')
  const theirs = await openKiosk('theirs')
  await street.ask(theirs, 'PATCH', mappings(theirs), {
    channel: 'web-shop',
    mappings: [{ item_id: 'latte', pos_item_id: 'V1' }],
  })
  expect((await street.ask(ours, 'GET', mappings(theirs, '?channel=web-shop'))).status).toBe(404)
  const list = { channel: 'web-shop', mappings: [{ item_id: 'latte', pos_item_id: 'V3' }] }
  expect((await street.ask(ours, 'PUT', mappings(theirs), list)).status).toBe(404)
  expect(await rowsOf(theirs, '&state=mapped')).toMatchObject([{ pos_item: { id: 'V1' } }])
  expect(await rowsOf(ours, '&state=mapped')).toEqual([])
  const stranger = { ...ours, tenant: { ...ours.tenant, slug: theirs.tenant.id } } as Kiosk
  expect((await street.ask(stranger, 'GET', '/channels')).status).toBe(401)
})

test('a person finds the article that is meant, and not what is sold no longer', async () => {
  const kiosk = await openKiosk('looking')
  await street.stock(
    kiosk,
    article('V4', 'Late special', { deleted: true }),
    article('M2', 'Soy', { kind: 'modifier' }),
  )
  const look = async (query: string) => {
    const { status, json } = await street.ask(kiosk, 'GET', `/pos/configurations/${kiosk.till}/articles${query}`)
    return status === 200 ? (json.data as { id: string }[]).map(({ id }) => id) : status
  }
  expect(await look('?q=la')).toEqual(['V1'])
  expect(await look('?q=cc')).toEqual(['V2'])
  expect(await look('?q=V3')).toEqual(['V3'])
  expect(await look('?kind=modifier')).toEqual(['M2'])
  expect(await look('?q=100%25')).toEqual([])
  const { status } = await street.ask(kiosk, 'GET', '/pos/configurations/nowhere/articles')
  expect(status).toBe(404)
})

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CallFailed } from '../contract.ts'
import { locations } from './locations.ts'
import { menu } from './menu.ts'
import { signIn } from './sign-in.ts'
import { linkWith } from './test-orders.ts'
import { openTill } from './test-till.ts'

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')

describe('credentials', () => {
  test('are tried by reading the menu, which says whose they are', async () => {
    const till = await openTill(() => ({ body: fixture('menu-default') }))
    const check = await till.have(linkWith(), signIn.check)
    expect(check).toMatchObject({ accountName: 'Lakeside Kitchen', granted: null, missing: [] })
    expect(check.account).toBe(`R-77@${new URL(till.baseUrl).host}`)
    expect(till.asked).toMatchObject([{ path: '/v1/menu', body: { restaurant_id: 'R-77' } }])
  })

  test('at Petpooja in headers, though orders have them in the body, and at the menu’s own address', async () => {
    const menus = await openTill(() => ({ body: fixture('menu-petpooja') }))
    const till = await openTill(() => ({}))
    const link = linkWith({ profile: 'petpooja', menu_base_url: menus.baseUrl })
    expect(await till.have(link, signIn.check)).toMatchObject({ accountName: 'Lakeside Kitchen' })
    expect(till.asked).toEqual([])
    expect(menus.asked).toMatchObject([
      { path: '/v1/mapped_restaurant_menus', headers: { 'app-secret': 'planted-secret' }, body: { restID: 'R-77' } },
    ])
    expect(menus.asked[0]?.body).toEqual({ restID: 'R-77' })
  })

  test.each(['', 'no address', '/v1'])('without an address that leads anywhere ask nobody: %j', (base_url) => {
    const talk = signIn.check({ ...linkWith(), credentials: { ...linkWith().credentials, base_url } })
    expect(() => talk.next()).toThrow(CallFailed)
  })

  test.each([
    { status: 401, body: {} },
    { body: { success: '0', message: 'bad key', errorCode: 'UOS_1' } },
    { body: { success: false } },
  ])('that are wrong are told as such: %j', async (answer) => {
    const till = await openTill(() => answer)
    const error = await till.have(linkWith(), signIn.check).catch((thrown: unknown) => thrown)
    expect((error as CallFailed).verdict).toMatchObject({ kind: 'unauthorized', revoked: true })
  })

  test('that nobody can try are said to be so', async () => {
    const till = await openTill(() => ({}))
    const check = await till.have(linkWith({ profile: 'urbanpiper' }), signIn.check)
    expect(check.missing).toMatchObject([
      { blocks: ['catalog'], say: expect.stringContaining('not verified until the first order') },
    ])
    expect(till.asked).toEqual([])
  })
})

test('the restaurant is the one place', async () => {
  const till = await openTill(() => ({}))
  expect(await till.have(linkWith(), locations)).toEqual([
    { id: 'R-77', name: 'R-77', active: true, currency: 'INR', timeZone: 'Asia/Kolkata', country: 'IN' },
  ])
})

describe('the menu', () => {
  test('in our own contract', async () => {
    const till = await openTill(() => ({ body: fixture('menu-default') }))
    const articles = await till.have(linkWith(), menu)
    const common = { currency: 'INR', deleted: false }
    expect(articles).toMatchObject([
      {
        ...common,
        externalId: '118829:s',
        parentExternalId: '118829',
        variant: 'Small',
        price: 14_000n,
        category: 'Breads',
      },
      { ...common, externalId: '118829:l', variant: 'Large', price: 22_000n },
      { ...common, externalId: '118807', parentExternalId: null, name: 'Pizza', sku: 'PZ-1', price: 31_000n },
      { externalId: '118900', price: null, deleted: true },
      {
        ...common,
        externalId: 'addon:1150783',
        parentExternalId: '135699',
        name: 'Cheese',
        price: 1_000n,
        category: 'Toppings',
      },
    ])
    expect(articles).toHaveLength(5)
  })

  test('in Petpooja’s, where a variation is ordered under two ids', async () => {
    const till = await openTill(() => ({ body: fixture('menu-petpooja') }))
    const articles = await till.have(linkWith({ profile: 'petpooja' }), menu)
    expect(articles.map(({ externalId }) => externalId)).toEqual(['7765862:89058', '118807', 'addon:1150783'])
  })

  test('where there is none, that is said', async () => {
    const till = await openTill(() => ({}))
    const error = await till.have(linkWith({ profile: 'urbanpiper' }), menu).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CallFailed)
    expect(till.asked).toEqual([])
  })
})

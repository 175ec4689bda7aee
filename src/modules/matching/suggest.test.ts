import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ChannelItem } from './channel-item.ts'
import { likeness, nameKey, wordsOf } from './likeness.ts'
import { suggest } from './suggest.ts'
import { article } from './test-kiosk.ts'

const item = (id: string, name: string, more: Partial<ChannelItem> = {}): ChannelItem => ({
  id,
  name,
  variant: null,
  sku: null,
  barcode: null,
  category: null,
  kind: 'item',
  parentId: null,
  price: null,
  currency: more.price === undefined || more.price === null ? null : ('EUR' as never),
  available: true,
  ...more,
})
const alike = (a: string, b: string) => likeness(wordsOf(a, null), wordsOf(b, null))
const best = async (one: ChannelItem, ...catalog: Parameters<typeof suggest>[1]) =>
  (await suggest([one], catalog, new Map()))[0]?.candidates[0]

test('ways of writing one name are the same name', () => {
  const same = [
    ['Café Crème', 'cafe creme'],
    ['Weißbier 0,5l', 'WEISSBIER 500 ml'],
    ['Cola 33cl', 'cola 0.33 L'],
    ['Coffee beans 1kg', 'Beans, coffee (1000 g)'],
    ['Latte (large)', 'Large latte'],
    ['Großer Salat', 'Salat, GROSS'],
  ] as const
  for (const [a, b] of same) expect([a, alike(a, b)]).toEqual([a, 1])
  expect(nameKey(wordsOf('Latte', 'Regular'))).toBe(nameKey(wordsOf('latte', null)))
})

test('another size is another thing, however alike the names are', () => {
  expect(alike('Latte small', 'Latte large')).toBeLessThan(0.6)
  expect(alike('Cola 0.33l', 'Cola 0.5l')).toBeLessThan(0.6)
  expect(alike('Latte', 'Latte large')).toBeGreaterThan(0.6)
})

test('likeness is symmetric, lies between 0 and 1, and cares neither for case nor for the order of words', () => {
  const word = fc.oneof(
    fc.constantFrom('pizza', 'Margherita', 'LARGE', '0.5l', 'ß', 'Größe', 'ı'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  )
  const name = fc.array(word, { maxLength: 6 })
  fc.assert(
    fc.property(name, name, (a, b) => {
      const [left, right] = [a.join(' '), b.join(' ')]
      const one = alike(left, right)
      expect(one).toBe(alike(right, left))
      expect(one).toBeGreaterThanOrEqual(0)
      expect(one).toBeLessThanOrEqual(1)
      expect(alike(left.toUpperCase(), right)).toBe(one)
      expect(alike(left.toLowerCase(), right)).toBe(one)
    }),
  )
  const plain = fc.array(fc.stringMatching(/^[a-z]{3,9}$/), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(plain, (words) => {
      expect(alike(words.join(' '), words.toReversed().join(', ').toUpperCase())).toBe(1)
    }),
  )
})

test('what is suggested depends neither on case nor on the order of either list', async () => {
  const words = ['latte', 'mocha', 'iced', 'oat', 'cake', 'carrot', 'large', 'small', 'vegan']
  const name = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 }).map((list) => list.join(' '))
  const sold = fc.record({ name, price: fc.option(fc.bigInt({ min: 100n, max: 900n }), { nil: null }) })
  const menus = fc.tuple(
    fc.array(sold, { minLength: 1, maxLength: 12 }),
    fc.array(sold, { minLength: 1, maxLength: 12 }),
  )
  await fc.assert(
    fc.asyncProperty(menus, async ([ours, theirs]) => {
      const items = ours.map((one, at) => item(`i${at}`, one.name, { price: one.price }))
      const articles = theirs.map((one, at) => article(`a${at}`, one.name, { price: one.price }))
      const found = await suggest(items, articles, new Map())
      const loud = items.toReversed().map((one) => ({ ...one, name: one.name.toUpperCase() }))
      const again = await suggest(loud, articles.toReversed(), new Map())
      const byId = (list: typeof found) => new Map(list.map((one) => [one.itemId, one.candidates]))
      expect(byId(again)).toEqual(byId(found))
      for (const { candidates } of found) {
        expect(candidates.length).toBeGreaterThan(0)
        for (const { confidence, reasons } of candidates) {
          expect(confidence > 0 && confidence <= 1 && reasons.length > 0).toBe(true)
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('a code that both sides hold says more than a name', async () => {
  const latte = article('V1', 'Latte', { price: 420n })
  const byCode = article('V2', 'Caffe latte to go', { barcode: '04006381333931' })
  const found = await best(item('i', 'Latte', { barcode: '4006381333931', price: 420n }), latte, byCode)
  expect(found).toMatchObject({ posItemId: 'V2', reasons: [{ code: 'same-barcode' }, {}] })
  expect(found?.confidence).toBeGreaterThan(0.95)
  const bySku = await best(item('i', 'Flat white', { sku: 'fw-1' }), article('V3', 'Flat White', { sku: 'FW-1' }))
  expect(bySku?.confidence).toBeGreaterThan(0.95)
  const foreign = await best(item('i', 'Flat white', { sku: '1001' }), article('V4', 'Umbrella', { sku: '1001' }))
  expect(foreign?.confidence).toBe(0.7)
})

test('a price raises or lowers what a name says, and finds nothing by itself', async () => {
  const confidenceAt = async (price: bigint | null) =>
    (await best(item('i', 'Iced mocha', { price: 500n }), article('V', 'Iced mocha', { price })))?.confidence ?? 0
  const [same, near, unsaid, other] = [500n, 520n, null, 1_500n].map(confidenceAt)
  expect(await same).toBeGreaterThan((await near) ?? 1)
  expect(await near).toBeGreaterThan((await unsaid) ?? 1)
  expect(await unsaid).toBeGreaterThan((await other) ?? 1)
  expect(await best(item('i', 'Iced mocha', { price: 500n }), article('V', 'Scone', { price: 500n }))).toBeUndefined()
})

test('a mistyped name is found, and what fits twice is not sure', async () => {
  expect(await best(item('i', 'Capuccino'), article('V', 'Cappuccino'), article('W', 'Cheesecake'))).toMatchObject({
    posItemId: 'V',
  })
  const twice = await best(
    item('i', 'Latte'),
    article('V', 'Latte', { variant: 'Small' }),
    article('W', 'Latte', { variant: 'Large' }),
  )
  expect(twice?.confidence).toBeLessThan(0.7)
  expect(twice?.reasons.map(({ code }) => code)).toContain('several-alike')
})

test('what is no longer sold is not suggested, and one article for two items is said', async () => {
  expect(await best(item('i', 'Latte'), article('V', 'Latte', { deleted: true }))).toBeUndefined()
  const shared = await suggest([item('a', 'Latte'), item('b', 'Latte')], [article('V', 'Latte')], new Map())
  expect(shared.map(({ candidates }) => candidates[0]?.reasons.at(-1)?.code)).toEqual(['shared', 'shared'])
})

test('five thousand items find their own among five thousand articles, and others get a turn meanwhile', async () => {
  const sorts = ['Latte', 'Mocha', 'Salad', 'Bowl', 'Wrap', 'Burger', 'Soup', 'Curry', 'Toast', 'Juice']
  const kinds = ['Garden', 'Harbour', 'Winter', 'Spicy', 'Sweet', 'Golden', 'Smoked', 'Roasted', 'Iced', 'Double']
  const names = Array.from(
    { length: 5_000 },
    (_, at) => `${kinds[at % 10]} ${sorts[Math.floor(at / 10) % 10]} No ${at}`,
  )
  const articles = names.map((name, at) => article(`V${at}`, name, { price: BigInt(300 + (at % 700)) }))
  const items = names.map((name, at) => item(`i${at}`, name.toUpperCase(), { price: BigInt(300 + (at % 700)) }))
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  const found = await suggest(items, articles, new Map())
  clearInterval(timer)
  expect(found.filter(({ itemId, candidates }) => candidates[0]?.posItemId === `V${itemId.slice(1)}`)).toHaveLength(
    5_000,
  )
  expect(turns).toBeGreaterThan(20)
})

test('what is added to an article stands for no article, where the catalogue tells the two apart', async () => {
  const oat = article('M1', 'Oat milk', { kind: 'modifier' })
  const carton = article('A1', 'Oat milk')
  expect(await best(item('i', 'Oat milk'), oat, carton)).toMatchObject({ posItemId: 'A1' })
  expect(await best(item('i', 'Oat milk'), oat)).toBeUndefined()
  expect(await best(item('m', 'Oat milk', { kind: 'modifier' }), oat, carton)).toMatchObject({ posItemId: 'M1' })
  // A catalogue that tells of no modifier may have them among its articles.
  expect(await best(item('m', 'Oat milk', { kind: 'modifier' }), carton)).toMatchObject({ posItemId: 'A1' })
})

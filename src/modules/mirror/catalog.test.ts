import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import type { CatalogArticle } from '#canon/catalog.ts'
import { currencyCode } from '#kernel/currency.ts'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { makeTenant } from '#tests/harness/tenant.ts'
import { findCatalogArticles, recordCatalogArticles } from './catalog.ts'

const db = useDatabase()
const now = instant(Date.UTC(2026, 9, 1))
let tenantId: TenantId
let otherTenant: TenantId

beforeAll(async () => {
  tenantId = await makeTenant(db, 'catalogue')
  otherTenant = await makeTenant(db, 'elsewhere')
})

const rye: CatalogArticle = {
  externalId: 'rye-large',
  parentExternalId: 'rye',
  name: 'Rye loaf',
  variant: 'Large',
  sku: 'R-1',
  barcode: '4006381333931',
  category: 'Bread',
  price: 450n,
  currency: currencyCode('EUR'),
  deleted: false,
  updatedAt: now,
}

const keep = (connectionId: Id, ...articles: CatalogArticle[]) =>
  db.database.tenant(tenantId, (tx) => recordCatalogArticles(tx, { tenantId, connectionId, now }, articles))
const find = async (connectionId: Id, id = rye.externalId) =>
  (await db.database.tenant(tenantId, (tx) => findCatalogArticles(tx, tenantId, connectionId, [id, 'nothing']))).get(id)

test('an article comes back as it was said, and saying it again changes nothing', async () => {
  const connection = newId()
  expect(await keep(connection, rye)).toEqual({ created: 1, updated: 0, unchanged: 0 })
  expect(await keep(connection, rye)).toEqual({ created: 0, updated: 0, unchanged: 1 })
  expect(await find(connection)).toEqual(rye)
  expect(await find(newId())).toBeUndefined()
})

test('an article that is no longer sold is still found', async () => {
  const connection = newId()
  await keep(connection, rye)
  const gone = { ...rye, deleted: true, updatedAt: instant(now + 1) }
  expect(await keep(connection, gone)).toEqual({ created: 0, updated: 1, unchanged: 0 })
  expect(await find(connection)).toEqual(gone)
})

test('whatever the order of words, the newest one stands', async () => {
  const words = fc.uniqueArray(fc.record({ at: fc.integer({ min: 0, max: 1_000 }), price: fc.nat(10_000) }), {
    selector: ({ at }) => at,
    minLength: 1,
    maxLength: 6,
  })
  await fc.assert(
    fc.asyncProperty(words, async (said) => {
      const connection = newId()
      for (const { at, price } of said) {
        await keep(connection, { ...rye, price: BigInt(price), updatedAt: instant(now + at) })
      }
      const newest = said.reduce((a, b) => (b.at > a.at ? b : a))
      expect((await find(connection))?.price).toBe(BigInt(newest.price))
    }),
    { numRuns: 40 },
  )
})

test('another tenant finds nothing of it', async () => {
  const connection = newId()
  await keep(connection, rye)
  const found = await db.database.tenant(otherTenant, (tx) =>
    findCatalogArticles(tx, tenantId, connection, [rye.externalId]),
  )
  expect(found.size).toBe(0)
})

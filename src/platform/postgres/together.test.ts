import fc from 'fast-check'
import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { newId, type TenantId } from '#kernel/ids.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { insertRows, insertStatement } from './bulk.ts'
import { executeBeside, executeTogether, openWriter, statementOf } from './together.ts'

const db = useDatabase()
const tenant = newId() as TenantId
const SHELVES = ['bread', 'cakes', 'drinks'] as const
type Shelf = (typeof SHELVES)[number]

beforeAll(async () => {
  await db.query(`create schema shop`)
  await db.query('grant usage on schema shop to tillwire_app')
  await db.query('create table shop.turns (no integer generated always as identity, shelf text)')
  await db.query(`create function shop.note() returns trigger language plpgsql security definer as
    $$ begin insert into shop.turns (shelf) values (tg_table_name); return new; end $$`)
  for (const shelf of SHELVES) {
    await db.query(`create table shop.${shelf} (name text, count bigint not null default 0, photo bytea)`)
    await db.query(`create trigger note before insert on shop.${shelf} for each statement execute function shop.note()`)
  }
  await db.query('grant all on all tables in schema shop to tillwire_app')
})

beforeEach(() => db.query('truncate shop.turns, shop.bread, shop.cakes, shop.drinks'))

type Good = { readonly name: string; readonly count: bigint; readonly photo: Uint8Array | null }

const good: fc.Arbitrary<Good> = fc.record({
  name: fc.string({ unit: 'grapheme' }).filter((name) => !name.includes('\u0000')),
  count: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  photo: fc.option(fc.uint8Array({ maxLength: 50 })),
})

function put(shelf: Shelf, goods: readonly Good[]) {
  return insertStatement(goods, {
    into: `shop.${shelf}`,
    columns: [
      { name: 'name', type: 'text', of: ({ name }) => name },
      { name: 'photo', type: 'bytea', of: ({ photo }) => photo },
      { name: 'count', type: 'bigint', of: ({ count }) => count },
    ],
  })
}

async function onShelf(shelf: Shelf): Promise<Good[]> {
  const rows = await db.query<{ name: string; count: string; photo: Buffer | null }>(`select * from shop.${shelf}`)
  return rows.map(({ name, count, photo }) => ({
    name,
    count: BigInt(count),
    photo: photo === null ? null : new Uint8Array(photo),
  }))
}

test('whatever travels together lies where it belongs, to the byte', async () => {
  const load = fc.tuple(
    fc.array(fc.tuple(fc.constantFrom(...SHELVES), fc.array(good, { maxLength: 6 })), { maxLength: 6 }),
    fc.boolean(),
  )
  await fc.assert(
    fc.asyncProperty(load, async ([parts, inSteps]) => {
      await db.query('truncate shop.bread, shop.cakes, shop.drinks')
      await db.database.tenant(tenant, async (tx) => {
        const writer = openWriter(tx)
        for (const [shelf, goods] of parts) {
          await writer.write(goods.length, [() => put(shelf, goods)])
          if (inSteps) await writer.flush()
        }
        await writer.flush()
      })
      for (const shelf of SHELVES) {
        const wanted = parts.flatMap(([name, goods]) => (name === shelf ? goods : []))
        const found = await onShelf(shelf)
        expect(found).toHaveLength(wanted.length)
        expect(found).toEqual(expect.arrayContaining(wanted))
      }
    }),
    { numRuns: 40 },
  )
})

test('writes take their locks in the order given, few together as many in turn', async () => {
  const few: Good[] = [{ name: 'rye', count: 1n, photo: null }]
  const many = Array.from({ length: 1_500 }, () => few[0] as Good)
  for (const goods of [few, many]) {
    await db.query('truncate shop.turns')
    await db.database.tenant(tenant, async (tx) => {
      const writer = openWriter(tx)
      const makers = SHELVES.map((shelf) => () => put(shelf, goods))
      await writer.write(goods.length * SHELVES.length, makers)
      await writer.flush()
    })
    const turns = await db.query<{ shelf: string }>('select shelf from shop.turns order by no')
    expect(turns.map(({ shelf }) => shelf)).toEqual(SHELVES)
  }
})

test('nothing of what waits is written before it is flushed, and a failure of one part undoes all', async () => {
  const rye: Good = { name: 'rye', count: 1n, photo: null }
  await db.database.tenant(tenant, async (tx) => {
    const writer = openWriter(tx)
    await writer.write(1, [() => put('bread', [rye]), () => null])
    const { rows } = await sql<{ count: bigint }>`select count(*) as count from shop.bread`.execute(tx)
    expect(Number(rows[0]?.count)).toBe(0)
  })
  const broken = db.database.tenant(tenant, (tx) =>
    executeTogether(tx, [
      put('bread', [rye]),
      statementOf(tx, sql`insert into shop.drinks (count) values (1 / ${0}::integer)`),
    ]),
  )
  await expect(broken).rejects.toThrow('division by zero')
  expect(await onShelf('bread')).toEqual([])
})

test('what goes beside a statement reads its answer, and nothing else of what it did', async () => {
  const rye: Good = { name: 'rye', count: 1n, photo: null }
  const answer = await db.database.tenant(tenant, async (tx) => {
    await insertRows(tx, [rye], {
      into: 'shop.cakes',
      columns: [{ name: 'name', type: 'text', of: ({ name }) => name }],
    })
    const writing = put('bread', [rye])
    if (writing === null) throw new Error('one row is a statement')
    return executeBeside<{ name: string }>(tx, { ...writing, text: `${writing.text} returning name` }, [
      statementOf(tx, sql`insert into shop.drinks (name) select ${'to '}::text || name from answered`),
      statementOf(tx, sql`insert into shop.drinks (name) select ${'with '}::text || name from shop.bread`),
      statementOf(tx, sql`insert into shop.drinks (name) select ${'after '}::text || name from shop.cakes`),
    ])
  })
  expect(answer).toEqual([{ name: 'rye' }])
  expect((await onShelf('drinks')).map(({ name }) => name).sort()).toEqual(['after rye', 'to rye'])
})

import { readFile } from 'node:fs/promises'
import { beforeAll, expect, test } from 'vitest'
import { schemaText } from '../../scripts/schema-text.ts'
import { useDatabase } from '../harness/database.ts'

const db = useDatabase()

const told = () => schemaText((text, values = []) => db.query(text, [...values]))

let before: string

beforeAll(async () => {
  before = await told()
})

test('migrations/schema.sql is the schema as the migrations make it', async () => {
  const committed = await readFile(new URL('../../migrations/schema.sql', import.meta.url), 'utf8').catch(() => '')
  expect(before, 'write it anew with "npm run schema"').toBe(committed)
})

test('a table, an index, a policy and a right that somebody adds are all told', async () => {
  await db.query(`create table pos.crumbs (tenant_id uuid not null, weight integer default 1, primary key (tenant_id))`)
  await db.query(`create index crumbs_by_weight on pos.crumbs (weight)`)
  await db.query(`create policy brush on pos.crumbs to tillwire_app using (weight > 0)`)
  await db.query(`grant select (weight) on pos.crumbs to tillwire_app`)
  const added = (await told()).split('\n').filter((line) => !before.includes(line))
  expect(added).toEqual([
    'create table pos.crumbs (',
    '  weight integer default 1,',
    '  constraint crumbs_pkey PRIMARY KEY (tenant_id)',
    'CREATE INDEX crumbs_by_weight ON pos.crumbs USING btree (weight);',
    'create policy brush on pos.crumbs for all to tillwire_app using (weight > 0);',
    'grant select (weight) on pos.crumbs to tillwire_app;',
  ])
  await db.query('drop table pos.crumbs')
})

test('partitions that were made at run time are left out', async () => {
  await db.query(`select pos.ensure_months('2026-03-01', '2026-04-30')`)
  expect(await told()).toBe(before)
})

test('a kind of object that the text does not know is refused', async () => {
  await db.query('create sequence pos.numbers')
  await expect(told()).rejects.toThrow('pos.numbers')
  await db.query('drop sequence pos.numbers')
})

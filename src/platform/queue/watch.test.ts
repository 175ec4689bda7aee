import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { useDatabase } from '#tests/harness/database.ts'
import { watchWorker } from './watch.ts'

const db = useDatabase()

const signs = () => db.query("select pid from pg_locks where locktype = 'advisory' and classid = 7411002")

test('a worker that ends while its sign is being put up leaves none behind', async () => {
  const watch = watchWorker(db.database, new EventEmitter())
  const checked = watch.check()
  await watch.end()
  await checked
  expect(await signs()).toEqual([])
})

test('a worker that has ended puts up no sign', async () => {
  const watch = watchWorker(db.database, new EventEmitter())
  await watch.end()
  await watch.check()
  expect(await signs()).toEqual([])
})

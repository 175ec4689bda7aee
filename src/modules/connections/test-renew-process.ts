import { openDatabase } from '#platform/postgres/database.ts'
import type { ConnectionRef } from './live.ts'
import { testConnector } from './test-connector.ts'
import { openTestDesk } from './test-desk.ts'

// A hub's process of its own that only refreshes: when it hears a word on stdin, it lets its workers all do so at once
// and says what each was given.

export type RenewOrder = {
  readonly databaseUrl: string
  readonly urls: Readonly<Record<'production' | 'sandbox', string>>
  readonly ref: ConnectionRef
  readonly version: number
  readonly workers: number
}

const order = JSON.parse(process.env.TEST_ORDER ?? '') as RenewOrder
const database = openDatabase({ url: order.databaseUrl, connectionsMax: 8 })
const application = { secret: 'acme-app-secret', token: null }
const { desk, close } = openTestDesk({ database, connector: testConnector(), urls: order.urls, application })
// Everything is loaded and connected before the race begins.
await desk.keeper.linkOf(order.ref)
process.stdout.write('ready\n')
process.stdin.once('data', async () => {
  const given = await Promise.all(
    Array.from({ length: order.workers }, async () => {
      const renewal = await desk.keeper.renew(order.ref, order.version)
      return renewal.kind === 'renewed' ? renewal.linked.link.credentials.access_token : renewal.kind
    }),
  )
  process.stdout.write(`${JSON.stringify(given)}\n`)
  await close()
  await database.close()
  process.stdin.destroy()
})

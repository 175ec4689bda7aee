import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Id } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import { type Database, openDatabase } from '#platform/postgres/database.ts'
import type { ConnectionRef } from './live.ts'
import { refreshDueAt } from './renew.ts'
import { refreshDue } from './steps.ts'
import { testConnector } from './test-connector.ts'
import { openTestDesk, type TestDesk } from './test-desk.ts'
import type { RenewOrder } from './test-renew-process.ts'
import { CONFIGURATIONS, useShops } from './test-shops.ts'

// Refreshing a sign-in: once, however many ask and from wherever, and never so that a token is lost.

const DAY_MS = 86_400_000
const shops = useShops({ pkce: 'none' })
const PATH = '/api/integrations/pos/dine-pos/oauth'
let otherDatabase: Database
let other: TestDesk
let no = 0

beforeEach(() => {
  otherDatabase = openDatabase({ url: shops.db.url, connectionsMax: 8 })
  const application = { secret: 'acme-app-secret', token: null }
  const { urls } = shops.provider
  const clock = { now: () => shops.now }
  other = openTestDesk({ database: otherDatabase, connector: testConnector(), urls, clock, application })
  Object.assign(shops.provider.behaviour, { rotating: true, refreshDelayMs: 60, losesRefreshAnswer: false })
  shops.provider.behaviour.tokenLifeMs = 30 * DAY_MS
})
afterEach(async () => {
  shops.provider.behaviour.losesRefreshAnswer = false
  await other.close()
  await otherDatabase.close()
})

async function signedIn(): Promise<{ ref: ConnectionRef; version: number; account: string }> {
  const account = shops.provider.openAccount({ id: `acct-${++no}` }).account.id
  const { json } = await shops.ask(shops.bakery, 'POST', PATH)
  const { pathname, search } = new URL(shops.provider.agree(json.url, account))
  const back = await shops.ask(null, 'GET', `${pathname}${search}`)
  const [, id] = /connections\/([0-9a-f-]{36})/.exec(String(back.headers.location)) ?? []
  const ref = { tenantId: shops.bakery.id, id: id as Id }
  return { ref, version: (await shops.desk.keeper.linkOf(ref)).credentialsVersion, account }
}
const refreshes = () => shops.provider.countOf('POST /oauth/token')
const works = async (ref: ConnectionRef) => {
  const linked = await shops.desk.keeper.linkOf(ref)
  return shops.desk.converse(ref, 'live', (link) => linked.live.signIn.check(link))
}

test('ten workers over two hubs: one refresh, and all take what it brought', async () => {
  const { ref, version } = await signedIn()
  const before = refreshes()
  const keepers = Array.from({ length: 10 }, (_, worker) => (worker % 2 === 0 ? shops.desk : other.desk).keeper)
  const renewals = await Promise.all(keepers.map((keeper) => keeper.renew(ref, version)))
  expect(refreshes() - before).toBe(1)
  const given = renewals.map((one) => (one.kind === 'renewed' ? one.linked.link.credentials.access_token : one.kind))
  expect(new Set(given).size).toBe(1)
  expect(shops.provider.tokens.get(given[0] ?? '')).toBeDefined()
  // Whoever comes later with the old one is given the new one without a call.
  expect(await other.desk.keeper.renew(ref, version)).toMatchObject({ kind: 'renewed' })
  expect(refreshes() - before).toBe(1)
  await works(ref)
})

test('ten workers in two processes: one refresh', async () => {
  const { ref, version } = await signedIn()
  const order = { databaseUrl: shops.db.url, urls: shops.provider.urls, ref, version, workers: 5 }
  const hubs = await Promise.all([startProcess(order), startProcess(order)])
  const before = refreshes()
  for (const hub of hubs) hub.child.stdin?.write('go\n')
  const given = (await Promise.all(hubs.map((hub) => hub.result()))).flat()
  expect(refreshes() - before).toBe(1)
  expect(given).toHaveLength(10)
  expect(new Set(given).size).toBe(1)
  expect(shops.provider.tokens.get(given[0] ?? '')).toBeDefined()
}, 60_000)

test('calls that are refused together lead to one refresh, and then all succeed', async () => {
  const { ref, account } = await signedIn()
  for (const token of shops.provider.tokens.values()) if (token.account === account) token.expiresAt = 0
  const before = refreshes()
  const linked = await shops.desk.keeper.linkOf(ref)
  const ask = (desk: typeof shops.desk) => desk.converse(ref, 'live', (link) => linked.live.signIn.check(link))
  const answers = await Promise.all(Array.from({ length: 10 }, (_, no) => ask(no % 2 === 0 ? shops.desk : other.desk)))
  expect(answers.every(({ account: one }) => one === account)).toBe(true)
  expect(refreshes() - before).toBe(1)
})

test('the sign-in before the newest is kept, and no older one', async () => {
  const { ref } = await signedIn()
  for (let version = 1; version <= 4; version++) {
    expect(await shops.desk.keeper.renew(ref, version)).toMatchObject({ kind: 'renewed' })
    const rows = await shops.db.query<{ version: number }>(
      'select distinct version from pos.connection_credentials where connection_id = $1 order by version',
      [ref.id],
    )
    expect(rows.map((row) => row.version)).toEqual([version, version + 1])
  }
})

test('when the newest means to refresh is not known to the provider, the one before is tried', async () => {
  const { ref, version } = await signedIn()
  const first = (await shops.desk.keeper.linkOf(ref)).link.credentials.refresh_token ?? ''
  await shops.desk.keeper.renew(ref, version)
  const second = (await shops.desk.keeper.linkOf(ref)).link.credentials.refresh_token ?? ''
  // The provider went back to a backup in which the second was never given.
  shops.provider.refreshTokens.delete(second)
  shops.provider.refreshTokens.set(first, { ...shops.provider.refreshTokens.get(first), used: false } as never)
  expect(await shops.desk.keeper.renew(ref, version + 1)).toMatchObject({ kind: 'renewed' })
  await works(ref)
})

test('a provider that is away changes nothing, and all who waited hear it at once', async () => {
  const { ref, version } = await signedIn()
  shops.provider.behaviour.down = true
  const renewals = await Promise.all([shops.desk, other.desk].map(({ keeper }) => keeper.renew(ref, version)))
  expect(renewals).toMatchObject([{ kind: 'later' }, { kind: 'later' }])
  shops.provider.behaviour.down = false
  expect(await shops.desk.keeper.renew(ref, version)).toMatchObject({ kind: 'renewed' })
}, 30_000)

test('a claim that a crash left behind runs out, and nobody else refreshes before', async () => {
  const { ref, version } = await signedIn()
  await shops.db.query(`update pos.configurations set refresh_claim = id, refresh_claimed_until = $2 where id = $1`, [
    ref.id,
    new Date(shops.now + 60_000).toISOString(),
  ])
  const before = refreshes()
  const waiting = other.desk.keeper.renew(ref, version)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(refreshes() - before).toBe(0)
  shops.now = instant(shops.now + 61_000)
  expect(await waiting).toMatchObject({ kind: 'renewed' })
  expect(refreshes() - before).toBe(1)
})

test('one whose claim ran out while the provider took its time still brings the sign-in to everybody', async () => {
  const { ref, version } = await signedIn()
  shops.provider.behaviour.refreshDelayMs = 400
  const slow = shops.desk.keeper.renew(ref, version)
  await new Promise((resolve) => setTimeout(resolve, 150))
  // To the other hub the first one looks crashed; the provider takes the means to refresh once only, and from the first.
  shops.now = instant(shops.now + 120_000)
  const renewals = await Promise.all([slow, other.desk.keeper.renew(ref, version)])
  expect(renewals).toMatchObject([{ kind: 'renewed' }, { kind: 'renewed' }])
  const tokens = renewals.map((one) => (one.kind === 'renewed' ? one.linked.link.credentials.access_token : one.kind))
  expect(tokens[0]).toBe(tokens[1])
  await works(ref)
})

test('an answer that got lost is asked for again where the provider allows it', async () => {
  const { ref, version } = await signedIn()
  Object.assign(shops.provider.behaviour, { rotating: false, losesRefreshAnswer: true })
  expect(await shops.desk.keeper.renew(ref, version)).toMatchObject({ kind: 'later' })
  await works(ref)
  shops.provider.behaviour.losesRefreshAnswer = false
  expect(await shops.desk.keeper.renew(ref, version)).toMatchObject({ kind: 'renewed' })
  await works(ref)
})

test('a clock that was set back does not lock a sign-in for days', async () => {
  const { ref, version } = await signedIn()
  await shops.db.query(`update pos.configurations set refresh_claim = id, refresh_claimed_until = $2 where id = $1`, [
    ref.id,
    new Date(shops.now + 3 * DAY_MS).toISOString(),
  ])
  expect(await shops.desk.keeper.renew(ref, version)).toMatchObject({ kind: 'renewed' })
})

test('a hub whose clock is behind does not take the claim of one whose clock is right', async () => {
  const { ref, version } = await signedIn()
  shops.provider.behaviour.refreshDelayMs = 300
  const before = refreshes()
  const first = shops.desk.keeper.renew(ref, version)
  await new Promise((resolve) => setTimeout(resolve, 100))
  const now = shops.now
  shops.now = instant(now - 2_000)
  const renewals = await Promise.all([first, other.desk.keeper.renew(ref, version)])
  shops.now = now
  expect(renewals).toMatchObject([{ kind: 'renewed' }, { kind: 'renewed' }])
  expect(refreshes() - before).toBe(1)
})

test('a sign-in that another process has replaced, and that ended with that, is no reason to ask a person', async () => {
  const { ref, version } = await signedIn()
  const before = await other.desk.keeper.linkOf(ref)
  await shops.desk.keeper.renew(ref, version)
  const old = shops.provider.tokens.get(before.link.credentials.access_token ?? '')
  if (old === undefined) throw new Error('the provider knows what it gave')
  old.revoked = true
  const check = (desk: typeof shops.desk) => desk.converse(ref, 'live', (link) => before.live.signIn.check(link))
  await expect(check(other.desk)).resolves.toBeDefined()
  const { json } = await shops.ask(shops.bakery, 'GET', `${CONFIGURATIONS}/${ref.id}`)
  expect(json).toMatchObject({ state: 'active' })
})

test('what one process gives up while another refreshes it is not given up', async () => {
  const { ref, version } = await signedIn()
  shops.provider.behaviour.refreshDelayMs = 300
  const renewal = shops.desk.keeper.renew(ref, version)
  await new Promise((resolve) => setTimeout(resolve, 100))
  await other.desk.keeper.markNeedsSignIn(ref, { credentialsVersion: version, code: 'TOKEN_EXPIRED' })
  expect(await renewal).toMatchObject({ kind: 'renewed' })
  await works(ref)
})

test('withdrawn for good: nobody can help but a person, who is told once', async () => {
  const { ref, account } = await signedIn()
  for (const token of shops.provider.tokens.values()) if (token.account === account) token.revoked = true
  for (const one of shops.provider.refreshTokens.values()) if (one.account === account) one.used = true
  await expect(Promise.all([works(ref), works(ref), works(ref)])).rejects.toBeDefined()
  const { json } = await shops.ask(shops.bakery, 'GET', `${CONFIGURATIONS}/${ref.id}`)
  expect(json).toMatchObject({ state: 'needs_sign_in' })
  const told = (await shops.events(shops.bakery)).filter(
    ({ type, data }) => type === 'connection.needs_sign_in' && data.connection_id === ref.id,
  )
  expect(told).toHaveLength(1)
})

test('sign-ins are renewed before they end, without anybody being refused', async () => {
  const { ref, version } = await signedIn()
  const began = shops.now
  for (let day = 0; day <= 120; day++) {
    shops.now = instant(began + day * DAY_MS)
    await refreshDue(shops.desk, shops.now)
    await works(ref)
  }
  // Thirty days of life, renewed with a fifth left: every 24 days.
  expect((await shops.desk.keeper.linkOf(ref)).credentialsVersion - version).toBe(5)
  shops.now = began
}, 60_000)

test('a refresh is due before the end, and as often as the provider wishes', () => {
  const oauth = testConnector().live.signIn.oauth
  if (oauth === undefined) throw new Error('the test provider has OAuth')
  const at = fc.integer({ min: 0, max: 4e12 }).map((ms) => ms as Instant)
  const life = fc.option(fc.integer({ min: 1, max: 400 * DAY_MS }))
  fc.assert(
    fc.property(at, life, life, life, (now, token, refresh, every) => {
      const end = (ms: number | null) => (ms === null ? null : instant(now + ms))
      const tokens = { expiresAt: end(token), refreshExpiresAt: end(refresh) }
      const due = refreshDueAt({ ...oauth, refreshEveryMs: every }, tokens, now)
      if (due === null) {
        expect([token, refresh, every]).toEqual([null, null, null])
        return
      }
      expect(due).toBeGreaterThanOrEqual(now)
      for (const ms of [token, refresh]) if (ms !== null) expect(due).toBeLessThan(now + ms)
      if (every !== null) expect(due).toBeLessThanOrEqual(now + every)
    }),
  )
})

async function startProcess(order: RenewOrder): Promise<{ child: ChildProcess; result(): Promise<string[]> }> {
  const program = fileURLToPath(new URL('./test-renew-process.ts', import.meta.url))
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, TEST_ORDER: JSON.stringify(order) },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  expect((await lines.next()).value).toBe('ready')
  return {
    child,
    async result() {
      const { value } = await lines.next()
      await new Promise((resolve) => child.once('close', resolve))
      return JSON.parse(String(value)) as string[]
    },
  }
}

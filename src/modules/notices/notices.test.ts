import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { newId, type TenantId } from '#kernel/ids.ts'
import { type Clock, type Instant, instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { openVault } from '#platform/vault/vault.ts'
import { useDatabase } from '../../../tests/harness/database.ts'
import { makeTenant } from '../../../tests/harness/tenant.ts'
import { deliverDue, type Ways } from './deliver.ts'
import type { NoticesDesk, TeamMember } from './desk.ts'
import type { NoticeKind } from './kinds.ts'
import { notify, raiseTask, settleTask } from './notices.ts'
import { savePreferences } from './preferences.ts'
import { spreadNotices } from './spread.ts'
import type { Message, SendOutcome } from './way.ts'

const db = useDatabase()
const START = Date.parse('2026-11-20T12:00:00Z')
const BERLIN = zoneName('Europe/Berlin')

type Office = {
  readonly desk: NoticesDesk
  readonly tenantId: TenantId
  readonly owner: TeamMember
  readonly sent: Message[]
  readonly outcomes: SendOutcome[]
  readonly ways: Ways
  advance(ms: number): Instant
  tell(key: string, kind?: NoticeKind): Promise<boolean>
  /** Everything that is due, as a hub's step would. */
  work(): Promise<void>
}

let opened = 0

async function openOffice(): Promise<Office> {
  const tenantId = await makeTenant(db, `office-${++opened}`)
  let now = instant(START)
  const clock: Clock = { now: () => now }
  const owner: TeamMember = { id: newId(), name: 'Ada', email: 'ada@shop.example', role: 'owner' }
  const viewer: TeamMember = { id: newId(), name: 'Bo', email: 'bo@shop.example', role: 'viewer' }
  const desk: NoticesDesk = {
    database: db.database,
    clock,
    log: SILENT_LOG,
    vault: openVault({ database: db.database, clock, rootKey: randomBytes(32) }),
    publicBase: new URL('https://hub.example/'),
    peopleOf: async (tenant) => (tenant === tenantId ? [owner, viewer] : []),
    zoneOf: async () => BERLIN,
  }
  const sent: Message[] = []
  const outcomes: SendOutcome[] = []
  const ways: Ways = {
    email: {
      through: 'test',
      async send(message) {
        sent.push(message)
        return outcomes.shift() ?? { kind: 'sent' }
      },
      close: async () => undefined,
    },
  }
  return {
    ...{ desk, tenantId, owner, sent, outcomes, ways },
    advance: (ms) => {
      now = instant(now + ms)
      return now
    },
    tell: (key, kind = 'order_push_failed') =>
      db.database.tenant(tenantId, (tx) =>
        notify(tx, tenantId, {
          kind,
          key,
          title: `Title of ${key}`,
          say: 'What to do.',
          subject: 'order/1',
          link: '/orders/1',
          now,
        }),
      ),
    async work() {
      await spreadNotices(desk, new Set(['email']), now)
      await deliverDue(desk, ways, now)
    },
  }
}

const stateOf = async (tenantId: TenantId) =>
  db.query<{ state: string; attempts: number; code: string | null }>(
    'select state, attempts, code from pos.notice_messages where tenant_id = $1 order by created_at',
    [tenantId],
  )

describe('a task', () => {
  const draft = { kind: 'push.undecided', key: 'push:1', title: 'Which one?', say: 'Look.', subject: 'order/1' }

  test('is one while it is open, however often and by however many it is raised, and told of once', async () => {
    const { tenantId } = await openOffice()
    const now = instant(START)
    const raise = () => db.database.tenant(tenantId, (tx) => raiseTask(tx, tenantId, { ...draft, now }))
    const ids = await Promise.all(Array.from({ length: 6 }, raise))
    expect(new Set(ids).size).toBe(1)
    const [task] = await db.query('select times, state from pos.tasks where tenant_id = $1', [tenantId])
    expect(task).toEqual({ times: 6, state: 'open' })
    const notices = await db.query('select kind from pos.notices where tenant_id = $1', [tenantId])
    expect(notices).toEqual([{ kind: 'task' }])
  })

  test('is settled once; raised again it is a new one', async () => {
    const { tenantId } = await openOffice()
    const now = instant(START)
    const raise = () => db.database.tenant(tenantId, (tx) => raiseTask(tx, tenantId, { ...draft, now }))
    const settle = () =>
      db.database.tenant(tenantId, (tx) => settleTask(tx, tenantId, draft.key, { how: 'mended', by: 'hub', now }))
    const first = await raise()
    expect((await Promise.all([settle(), settle(), settle()])).filter(Boolean)).toHaveLength(1)
    expect(await raise()).not.toBe(first)
    const events = await db.query('select type from hub.outbox where tenant_id = $1 order by seq', [tenantId])
    expect(events.map(({ type }) => type)).toEqual([
      ...['notice.made', 'task.raised', 'task.settled', 'notice.made', 'task.raised'],
    ])
  })

  test('is another tenant’s own, though its key be the same', async () => {
    const [one, other] = [await openOffice(), await openOffice()]
    const now = instant(START)
    for (const { tenantId } of [one, other]) {
      await db.database.tenant(tenantId, (tx) => raiseTask(tx, tenantId, { ...draft, now }))
    }
    const settled = await db.database.tenant(one.tenantId, (tx) =>
      settleTask(tx, one.tenantId, draft.key, { how: 'mended', by: 'hub', now }),
    )
    expect(settled).toBe(true)
    const states = await db.query('select state from pos.tasks where tenant_id = $1', [other.tenantId])
    expect(states).toEqual([{ state: 'open' }])
  })
})

describe('a notice', () => {
  test('is told once under its key, though it be told by many at once, and nobody who does not want it hears it', async () => {
    const office = await openOffice()
    const told = await Promise.all(Array.from({ length: 5 }, () => office.tell('a')))
    expect(told.filter(Boolean)).toHaveLength(1)
    await office.work()
    office.advance(4_000)
    await office.work()
    await office.work()
    expect(office.sent.map(({ to, subject }) => [to, subject])).toEqual([['ada@shop.example', 'Title of a']])
    expect(office.sent[0]?.paragraphs[0]?.link).toBe('https://hub.example/orders/1')
  })

  test('comes with others of the same moment as one mail', async () => {
    const office = await openOffice()
    await office.tell('a', 'task')
    await office.work()
    office.advance(10_000)
    await office.tell('b', 'task')
    await office.work()
    expect(office.sent).toHaveLength(0)
    office.advance(20_000)
    await office.work()
    expect(office.sent.map(({ subject }) => subject)).toEqual(['2 notices: Title of a'])
  })

  test('is sent once by two hubs that work at the same time', async () => {
    const office = await openOffice()
    for (const key of ['a', 'b', 'c']) await office.tell(key)
    const now = office.advance(0)
    await Promise.all([1, 2].map(() => spreadNotices(office.desk, new Set(['email']), now)))
    office.advance(60_000)
    const later = office.advance(0)
    await Promise.all(Array.from({ length: 4 }, () => deliverDue(office.desk, office.ways, later)))
    const keys = office.sent.flatMap(({ paragraphs }) => paragraphs.map(({ title }) => title))
    expect(keys.sort()).toEqual(['Title of a', 'Title of b', 'Title of c'])
  })

  test('that the mail server does not take now goes again later, with the same words and under the same name', async () => {
    const office = await openOffice()
    office.outcomes.push({ kind: 'later', code: 'mail.451', say: 'Later.', retryAfterMs: null })
    await office.tell('a')
    await office.work()
    office.advance(3_000)
    await office.work()
    await office.tell('b')
    await office.work()
    expect(await stateOf(office.tenantId)).toMatchObject([{ state: 'waiting', attempts: 1, code: 'mail.451' }, {}])
    office.advance(30_000)
    await office.work()
    const [first, ...others] = office.sent
    const again = others.find(({ id }) => id === first?.id)
    expect(again).toEqual(first)
  })

  test('that nobody knows the end of goes once more and is then left as unknown', async () => {
    const office = await openOffice()
    const unknown = { kind: 'unknown', code: 'mail.unknown', say: 'Gone.' } as const
    office.outcomes.push(unknown, unknown)
    await office.tell('a')
    await office.work()
    for (let hours = 0; hours < 4; hours++) {
      office.advance(3_600_000)
      await office.work()
    }
    expect(office.sent).toHaveLength(2)
    expect(await stateOf(office.tenantId)).toMatchObject([{ state: 'unknown', attempts: 2 }])
  })

  test('for somebody with quiet hours waits for their end, as one with what came meanwhile', async () => {
    const office = await openOffice()
    const { tenantId, owner } = office
    await db.database.tenant(tenantId, (tx) =>
      savePreferences(
        tx,
        tenantId,
        owner.id,
        {
          kinds: { email: ['task', 'order_push_failing'], whatsapp: [] },
          quiet: { from: 12 * 60, until: 15 * 60 },
          timeZone: BERLIN,
          urgentAtOnce: true,
          phone: null,
        },
        instant(START),
      ),
    )
    await office.tell('a', 'task')
    await office.work()
    office.advance(3_600_000)
    await office.tell('b', 'order_push_failing')
    await office.work()
    expect(office.sent).toHaveLength(0)
    office.advance(3_600_000)
    await office.work()
    expect(office.sent.map(({ paragraphs }) => paragraphs.length)).toEqual([2])
  })

  test('to somebody who has left is put down as such', async () => {
    const office = await openOffice()
    await office.tell('a')
    await office.work()
    office.advance(60_000)
    await deliverDue({ ...office.desk, peopleOf: async () => [] }, office.ways, office.advance(0))
    expect(await stateOf(office.tenantId)).toEqual([{ state: 'failed', attempts: 1, code: 'notice.no-address' }])
  })
})

import { describe, expect, test } from 'vitest'
import type { Id, TenantId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { notify, raiseTask } from '#modules/notices/notices.ts'
import { startMailServer } from '../../src/modules/notices/test-mail-server.ts'
import { type Owner, rowsOf, until, useHub } from '../harness/hub.ts'

const mail = await startMailServer()
// What comes within half a minute is gathered: the hub's own time is put on by that, and nobody waits.
let aheadMs = 0
const clock = { now: () => instant(Date.now() + aheadMs) }
const hub = useHub({ mail: { url: mail.url, from: 'Tillwire <hub@shop.example>' } }, clock)

const raise = (tenantId: TenantId, key: string) =>
  hub.running.storage.database.tenant(tenantId, (tx) =>
    raiseTask(tx, tenantId, {
      kind: 'push.undecided',
      key,
      title: `Which of two orders is ${key}?`,
      say: 'Look at both and say which one it is.',
      subject: 'order/1',
      link: '/orders/1',
      now: instant(Date.now()),
    }),
  )

let made: Promise<Owner> | null = null

async function signedIn() {
  made ??= hub.setUpOwner()
  const owner = await made
  const own = { cookie: owner.cookie, tenant: owner.tenant, origin: hub.url.origin }
  return { owner, own, base: `/api/v1/tenants/${owner.tenant}` }
}

describe('tasks and notices of a hub', () => {
  test('a task reaches its owner by mail, stands in the list, is given to somebody and settled', async () => {
    const { own, owner, base } = await signedIn()
    const [member] = await hub.db.query<{ tenant: TenantId; person: Id }>(
      'select "organizationId" as tenant, "userId" as person from auth.member',
    )
    if (member === undefined) throw new Error('the owner is a member')
    const { tenant: tenantId, person } = member

    const taskId = await raise(tenantId, 'WEB-1')
    const waiting = () => hub.db.query("select 1 from pos.notice_messages where state = 'waiting'")
    await until('a message', waiting, (rows) => rows.length > 0)
    aheadMs = 31_000
    const taken = async () => mail.mails.length
    await until('a mail', taken, (count) => count > 0)
    expect(mail.mails[0]).toMatchObject({ subject: 'Which of two orders is WEB-1?', to: [{ address: owner.email }] })
    expect(mail.mails[0]?.text).toContain(new URL('/orders/1', hub.url).pathname)

    const tasks = await hub.ask(`${base}/tasks`, own)
    expect(tasks.json).toMatchObject({ data: [{ id: taskId, state: 'open', times: 1 }], open: { 'push.undecided': 1 } })
    const badge = await hub.ask(`${base}/notices?unread=true`, own)
    expect(badge.json).toMatchObject({ unread: 1, data: [{ kind: 'task', task_id: taskId }] })
    expect((await hub.ask(`${base}/notices/read`, { ...own, method: 'POST', json: { all: true } })).status).toBe(204)
    expect((await hub.ask(`${base}/notices?unread=true`, own)).json).toMatchObject({ unread: 0, data: [] })

    const assignee = `${base}/tasks/${taskId}/assignee`
    expect((await hub.ask(assignee, { ...own, method: 'PUT', json: { person_id: person } })).json).toMatchObject({
      assigned_to: person,
    })
    const stranger = { person_id: '01890000-0000-7000-8000-000000000000' }
    expect((await hub.ask(assignee, { ...own, method: 'PUT', json: stranger })).status).toBe(400)
    const settle = { ...own, method: 'POST', json: { note: 'It was the second one.' } }
    expect((await hub.ask(`${base}/tasks/${taskId}/settle`, settle)).json).toMatchObject({
      state: 'settled',
      settled_by: `person:${person}`,
      note: 'It was the second one.',
    })
    expect((await hub.ask(`${base}/tasks/${taskId}/settle`, settle)).status).toBe(409)
    expect(rowsOf(await hub.ask(`${base}/tasks`, own))).toEqual([])
  })

  test('preferences are kept, a number only with agreement, and never shown whole', async () => {
    const { own, base } = await signedIn()
    const wanted = {
      email: ['task'],
      whatsapp: ['order_push_failed'],
      quiet_hours: { from: '22:00', until: '07:00' },
      time_zone: 'Europe/Berlin',
      urgent_at_once: false,
    }
    const put = (json: object) => hub.ask(`${base}/notice-preferences`, { ...own, method: 'PUT', json })
    expect((await put({ ...wanted, phone: '+49 151 1234 5678' })).json).toMatchObject({
      code: 'notice.phone-agreement',
    })
    expect((await put({ ...wanted, phone: '0151', phone_agreed: true })).json).toMatchObject({ code: 'notice.phone' })
    expect((await put({ ...wanted, time_zone: 'Mars/Olympus' })).status).toBe(400)
    const saved = await put({ ...wanted, phone: '+49 151 1234 5678', phone_agreed: true })
    expect(saved.json).toMatchObject({ ...wanted, phone: '5678' })
    expect((await put(wanted)).json).toMatchObject({ phone: '5678' })
    expect((await put({ ...wanted, phone: null })).json).toMatchObject({ phone: null, phone_agreed_at: null })
    const stored = await hub.db.query('select phone_sealed from pos.notice_preferences')
    expect(JSON.stringify(stored)).not.toContain('15112345678')
  })

  test('the ways say whether they work, and a test goes at once', async () => {
    const { own, base } = await signedIn()
    const send = (way: string) => hub.ask(`${base}/notice-tests`, { ...own, method: 'POST', json: { way } })
    expect((await send('email')).json).toMatchObject({ outcome: 'sent' })
    expect((await send('whatsapp')).json).toMatchObject({ code: 'notice.way-off' })
    mail.moods.push(554)
    expect((await send('email')).json).toMatchObject({ outcome: 'refused', code: 'mail.554' })
    expect((await hub.ask(`${base}/notice-ways`, own)).json).toMatchObject({
      data: [
        { way: 'email', set_up: true, sent_at: expect.any(String) },
        { way: 'whatsapp', set_up: false },
      ],
    })
  })

  test('a key has no notices of its own, and nobody sees those of another tenant', async () => {
    const [one, other] = [await hub.openShop('one'), await hub.openShop('other')]
    await raise(one.tenant.id, 'WEB-2')
    await hub.running.storage.database.tenant(one.tenant.id, (tx) =>
      notify(tx, one.tenant.id, {
        ...{ kind: 'error_rate_high', key: 'k', title: 'T', say: 'S', subject: 'x/1', now: instant(Date.now()) },
      }),
    )
    expect((await hub.ask(`/api/v1/tenants/one/notices`, { key: one.key })).json).toMatchObject({
      code: 'notice.person-needed',
    })
    expect(rowsOf(await hub.ask('/api/v1/tenants/one/tasks', { key: one.key }))).toHaveLength(1)
    expect(rowsOf(await hub.ask('/api/v1/tenants/other/tasks', { key: other.key }))).toEqual([])
    expect((await hub.ask('/api/v1/tenants/one/tasks', { key: other.key })).status).toBe(403)
    expect((await hub.ask('/api/v1/tenants/one/tasks')).status).toBe(401)
    const bad = await hub.ask('/api/v1/tenants/one/tasks?cursor=zzz', { key: one.key })
    expect(bad.json).toMatchObject({ code: 'cursor.unreadable' })
  })
})

import { sql } from 'kysely'
import { z } from 'zod'
import { Fault } from '#kernel/fault.ts'
import { newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { isZoneName, type ZoneName } from '#kernel/zone.ts'
import { defineRoute, type Route } from '#platform/http/route.ts'
import { addressOf, phoneBinding, type Ways } from './deliver.ts'
import type { NoticesDesk } from './desk.ts'
import { NOTICE_FAULTS, type NoticeFaultCode } from './faults.ts'
import { NOTICE_KIND_WORDS, NOTICE_KINDS, NOTICE_WAYS } from './kinds.ts'
import { personOf } from './notice-routes.ts'
import { findPreferences, type Preferences, savePreferences, standardPreferences } from './preferences.ts'

// How a person wants to be told, and whether the ways to do so work.

const TAGS = ['Notices'] as const
const PHONE = /^\+[1-9]\d{6,14}$/
const MINUTES = 60

const kinds = z.array(z.enum(NOTICE_KINDS)).max(NOTICE_KINDS.length)
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'not a time of day such as 22:00')
const zone = z.string().refine(isZoneName, 'not an IANA time zone such as Europe/Berlin')

const wanted = {
  email: kinds.meta({ description: 'Kinds that are mailed' }),
  whatsapp: kinds.meta({ description: 'Kinds that are sent by WhatsApp' }),
  quiet_hours: z.strictObject({ from: timeOfDay, until: timeOfDay }).nullable(),
  time_zone: zone,
  urgent_at_once: z.boolean().meta({ description: 'What keeps an order from being made comes in quiet hours too' }),
}

const wirePreferences = z
  .strictObject({
    ...wanted,
    phone: z.string().nullable().meta({ description: 'Its last four digits' }),
    phone_agreed_at: z.string().nullable(),
    kinds: z.array(z.strictObject({ kind: z.enum(NOTICE_KINDS), say: z.string() })),
  })
  .meta({ id: 'NoticePreferences' })

export function preferenceRoutes(desk: NoticesDesk, ways: Ways): Route[] {
  return [readRoute(desk), writeRoute(desk), waysRoute(desk, ways), testRoute(desk, ways)]
}

function readRoute(desk: NoticesDesk): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/tenants/:tenant_id/notice-preferences',
    scope: 'notices:read',
    summary: 'How you are told',
    tags: TAGS,
    answers: { 200: wirePreferences },
    async handler({ tenant, caller }) {
      return { status: 200, body: await told(desk, tenant.id, personOf(caller)) } as const
    },
  })
}

function writeRoute(desk: NoticesDesk): Route {
  return defineRoute({
    method: 'PUT',
    path: '/api/v1/tenants/:tenant_id/notice-preferences',
    scope: 'notices:read',
    summary: 'Change how you are told',
    description:
      '`phone` in the form +4915112345678 together with `phone_agreed: true`; null forgets it, leaving it out keeps it.',
    tags: TAGS,
    body: z.strictObject({ ...wanted, phone: z.string().max(20).nullish(), phone_agreed: z.boolean().optional() }),
    answers: { 200: wirePreferences },
    async handler({ tenant, caller, body, now }) {
      const personId = personOf(caller)
      const sealer = await desk.vault.tenant(tenant.id)
      const seal = (number: string) => sealer.seal(Buffer.from(number), phoneBinding(personId))
      const phone = phoneOf(body, now, seal)
      await desk.database.tenant(tenant.id, async (tx) => {
        const before = (await findPreferences(tx, tenant.id, [personId])).get(personId)
        const next: Preferences = {
          kinds: { email: body.email, whatsapp: body.whatsapp },
          quiet: body.quiet_hours && {
            from: minutesOf(body.quiet_hours.from),
            until: minutesOf(body.quiet_hours.until),
          },
          timeZone: body.time_zone as ZoneName,
          urgentAtOnce: body.urgent_at_once,
          phone: phone === undefined ? (before?.phone ?? null) : phone,
        }
        await savePreferences(tx, tenant.id, personId, next, now)
      })
      return { status: 200, body: await told(desk, tenant.id, personId) } as const
    },
  })
}

/** Undefined: as it was. */
function phoneOf(
  { phone, phone_agreed: agreed }: { phone?: string | null | undefined; phone_agreed?: boolean | undefined },
  now: Instant,
  seal: (number: string) => Buffer,
): Preferences['phone'] | undefined {
  if (phone === undefined) return undefined
  if (phone === null) return null
  const number = phone.replace(/[\s()-]/g, '')
  if (!PHONE.test(number)) throw fault('notice.phone', '/phone')
  if (agreed !== true) throw fault('notice.phone-agreement', '/phone_agreed')
  return { sealed: seal(number), agreedAt: now }
}

async function told(desk: NoticesDesk, tenantId: TenantId, personId: ReturnType<typeof personOf>) {
  const person = (await desk.peopleOf(tenantId)).find(({ id }) => id === personId)
  const standard = standardPreferences(person?.role ?? 'viewer', await desk.zoneOf(tenantId))
  const stored = await desk.database.tenant(tenantId, (tx) => findPreferences(tx, tenantId, [personId]))
  const { kinds, quiet, timeZone, urgentAtOnce, phone } = stored.get(personId) ?? standard
  const number = person && phone ? await addressOf(desk, tenantId, person, 'whatsapp') : null
  return {
    email: [...kinds.email],
    whatsapp: [...kinds.whatsapp],
    quiet_hours: quiet && { from: timeText(quiet.from), until: timeText(quiet.until) },
    time_zone: timeZone,
    urgent_at_once: urgentAtOnce,
    phone: number === null ? null : number.slice(-4),
    phone_agreed_at: phone === null ? null : instantText(phone.agreedAt),
    kinds: NOTICE_KINDS.map((kind) => ({ kind, say: NOTICE_KIND_WORDS[kind] })),
  }
}

const wireWay = z
  .strictObject({
    way: z.enum(NOTICE_WAYS),
    set_up: z.boolean(),
    through: z.string().nullable().meta({ description: 'Server or number it goes through' }),
    sent_at: z.string().nullable().meta({ description: 'When one last went out to anybody of the tenant' }),
    failed_at: z.string().nullable(),
    code: z.string().nullable().meta({ description: 'Why the last one that failed did' }),
    say: z.string().nullable(),
    waiting: z.int(),
  })
  .meta({ id: 'NoticeWay' })

function waysRoute({ database }: NoticesDesk, ways: Ways): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/tenants/:tenant_id/notice-ways',
    scope: 'notices:read',
    summary: 'By which ways people can be told, and whether they work',
    tags: TAGS,
    answers: { 200: z.strictObject({ data: z.array(wireWay), next_cursor: z.null() }) },
    async handler({ tenant }) {
      const { rows } = await database.tenant(tenant.id, (tx) =>
        sql<WayRow>`
          select way, count(*) filter (where state = 'waiting')::integer as waiting,
            max(ended_at) filter (where state = 'sent') as sent_at,
            max(ended_at) filter (where state in ('failed', 'unknown')) as failed_at,
            (array_agg(code order by ended_at desc) filter (where code is not null))[1] as code,
            (array_agg(say order by ended_at desc) filter (where say is not null))[1] as say
          from pos.notice_messages where tenant_id = ${tenant.id} group by way`.execute(tx),
      )
      const data = NOTICE_WAYS.map((way) => {
        const row = rows.find((one) => one.way === way)
        const time = (at: Instant | null | undefined) => (at === null || at === undefined ? null : instantText(at))
        return {
          ...{ way, set_up: ways[way] !== undefined, through: ways[way]?.through ?? null, waiting: row?.waiting ?? 0 },
          ...{
            sent_at: time(row?.sent_at),
            failed_at: time(row?.failed_at),
            code: row?.code ?? null,
            say: row?.say ?? null,
          },
        }
      })
      return { status: 200, body: { data, next_cursor: null } } as const
    },
  })
}

type WayRow = {
  way: (typeof NOTICE_WAYS)[number]
  waiting: number
  sent_at: Instant | null
  failed_at: Instant | null
  code: string | null
  say: string | null
}

function testRoute(desk: NoticesDesk, ways: Ways): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/v1/tenants/:tenant_id/notice-tests',
    scope: 'notices:read',
    summary: 'Send yourself a test by one way, now',
    tags: TAGS,
    rateLimit: { max: 5, windowSeconds: 300 },
    idempotent: false,
    body: z.strictObject({ way: z.enum(NOTICE_WAYS) }),
    answers: {
      200: z.strictObject({
        outcome: z.enum(['sent', 'later', 'refused', 'unknown']),
        code: z.string().nullable(),
        say: z.string(),
      }),
    },
    async handler({ tenant, caller, body }) {
      const way = ways[body.way]
      if (way === undefined) throw fault('notice.way-off', '/way')
      const person = (await desk.peopleOf(tenant.id)).find(({ id }) => id === personOf(caller))
      const to = person === undefined ? null : await addressOf(desk, tenant.id, person, body.way)
      if (to === null) throw fault(body.way === 'whatsapp' ? 'notice.phone-agreement' : 'notice.person-needed', '/way')
      const outcome = await way.send({
        id: newId(),
        to,
        subject: `A test from ${tenant.name}`,
        paragraphs: [{ title: 'A test', say: 'You asked for this. The way works.', link: desk.publicBase.href }],
      })
      if (outcome.kind === 'sent') {
        return {
          status: 200,
          body: { outcome: 'sent', code: null, say: 'It was taken on its way. Look whether it arrives.' },
        } as const
      }
      return { status: 200, body: { outcome: outcome.kind, code: outcome.code, say: outcome.say } } as const
    },
  })
}

function minutesOf(text: string): number {
  const [hours = '0', minutes = '0'] = text.split(':')
  return Number(hours) * MINUTES + Number(minutes)
}

function timeText(minutes: number): string {
  return `${String(Math.floor(minutes / MINUTES)).padStart(2, '0')}:${String(minutes % MINUTES).padStart(2, '0')}`
}

function fault(code: NoticeFaultCode, pointer: string): Fault {
  const say = NOTICE_FAULTS[code]
  return new Fault('invalid', code, { say, places: [{ pointer, detail: say }] })
}

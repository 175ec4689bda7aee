import { sql } from 'kysely'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import { messageOf } from './compose-message.ts'
import type { NoticesDesk, TeamMember } from './desk.ts'
import type { NoticeWay } from './kinds.ts'
import { findPreferences } from './preferences.ts'
import { noticesOfMessage } from './store-notices.ts'
import type { SendOutcome, Way } from './way.ts'

// Sends what is due. A message is claimed in one transaction, sent outside of any, and put down in another, fenced by the
// claim. One whose sending nobody knows the end of is sent once more, since a mail that comes twice does less harm than an
// order that nobody hears of; then it is left as unknown.

export type Ways = Readonly<Partial<Record<NoticeWay, Way>>>

const AT_ONCE = 8
const CLAIM_MS = 2 * 60_000
const ATTEMPTS_MAX = 8
const BACKOFF_MS = [30_000, 2 * 60_000, 10 * 60_000, 30 * 60_000, 2 * 3_600_000, 6 * 3_600_000, 12 * 3_600_000]

type Claimed = {
  readonly tenantId: TenantId
  readonly id: Id
  readonly personId: Id
  readonly way: NoticeWay
  readonly attempts: number
  readonly claimNo: number
  readonly code: string | null
}

/** Answers how many were tried. */
export async function deliverDue(desk: NoticesDesk, ways: Ways, now: Instant): Promise<number> {
  const claimed = await claim(desk, now)
  await Promise.all(claimed.map((one) => deliver(desk, ways, one)))
  return claimed.length
}

async function claim({ database }: NoticesDesk, now: Instant): Promise<Claimed[]> {
  const { rows } = await database.system((tx) =>
    sql<Claimed>`
      update pos.notice_messages m set claimed_by = ${newId()}, claimed_until = ${instantText(instant(now + CLAIM_MS))},
        claim_no = m.claim_no + 1, attempts = m.attempts + 1
      from (
        select tenant_id, id from pos.notice_messages
        where state = 'waiting' and due_at <= ${instantText(now)}
          and (claimed_until is null or claimed_until <= ${instantText(now)})
        order by due_at limit ${AT_ONCE} for update skip locked) due
      where m.tenant_id = due.tenant_id and m.id = due.id
      returning m.tenant_id as "tenantId", m.id, m.person_id as "personId", m.way, m.attempts, m.claim_no as "claimNo",
        m.code`.execute(tx),
  )
  return rows
}

async function deliver(desk: NoticesDesk, ways: Ways, claimed: Claimed): Promise<void> {
  const outcome = await attempt(desk, ways, claimed)
  await putDown(desk, claimed, outcome, desk.clock.now())
  const { way, id } = claimed
  if (outcome.kind === 'sent') desk.log.info({ way, message: id }, 'a notice was sent')
  else desk.log.warn({ way, message: id, code: outcome.code }, 'a notice was not sent')
}

async function attempt(desk: NoticesDesk, ways: Ways, claimed: Claimed): Promise<SendOutcome> {
  const { tenantId, personId, way, id } = claimed
  const through = ways[way]
  if (through === undefined) {
    const say = 'This way of telling is not set up on this hub.'
    return { kind: 'refused', code: 'notice.way-off', say }
  }
  const person = (await desk.peopleOf(tenantId)).find((one) => one.id === personId)
  const to = person === undefined ? null : await addressOf(desk, tenantId, person, way)
  if (to === null) {
    return { kind: 'refused', code: 'notice.no-address', say: 'The person left, or has no address for this way.' }
  }
  const notices = await desk.database.tenant(tenantId, (tx) => noticesOfMessage(tx, tenantId, id))
  if (notices.length === 0) return { kind: 'refused', code: 'notice.nothing', say: 'There is nothing left to tell.' }
  try {
    return await through.send(messageOf({ id, to, notices, publicBase: desk.publicBase }))
  } catch (error) {
    desk.log.error({ err: error, way, message: id }, 'sending a notice broke')
    const say = 'Sending broke for a reason that is ours to mend; the log has it.'
    return { kind: 'later', code: 'notice.broken', say, retryAfterMs: null }
  }
}

export async function addressOf(
  { database, vault }: Pick<NoticesDesk, 'database' | 'vault'>,
  tenantId: TenantId,
  person: TeamMember,
  way: NoticeWay,
): Promise<string | null> {
  if (way === 'email') return person.email
  const sealer = await vault.tenant(tenantId)
  const preferences = await database.tenant(tenantId, (tx) => findPreferences(tx, tenantId, [person.id]))
  const phone = preferences.get(person.id)?.phone
  return phone ? sealer.open(phone.sealed, phoneBinding(person.id)).toString('utf8') : null
}

export function phoneBinding(personId: Id): readonly string[] {
  return ['notice-phone', personId]
}

async function putDown(
  { database }: NoticesDesk,
  { tenantId, id, attempts, claimNo, code: codeBefore }: Claimed,
  outcome: SendOutcome,
  now: Instant,
): Promise<void> {
  const ending = endingOf(outcome, attempts, codeBefore)
  const code = outcome.kind === 'sent' ? null : outcome.code
  const say = outcome.kind === 'sent' ? null : outcome.say
  const dueAt = ending === null ? instantText(instant(now + delayMs(outcome, attempts))) : null
  const endedAt = ending === null ? null : instantText(now)
  await database.tenant(tenantId, (tx) =>
    sql`
      update pos.notice_messages set state = ${ending ?? 'waiting'}, due_at = ${dueAt}, ended_at = ${endedAt},
        code = ${code}, say = ${say}, claimed_by = null, claimed_until = null
      where tenant_id = ${tenantId} and id = ${id} and claim_no = ${claimNo} and state = 'waiting'`.execute(tx),
  )
}

/** Null: it is tried again. */
function endingOf(
  outcome: SendOutcome,
  attempts: number,
  codeBefore: string | null,
): 'sent' | 'failed' | 'unknown' | null {
  if (outcome.kind === 'sent') return 'sent'
  if (outcome.kind === 'refused') return 'failed'
  if (outcome.kind === 'unknown') return codeBefore === outcome.code || attempts > 1 ? 'unknown' : null
  return attempts >= ATTEMPTS_MAX ? 'failed' : null
}

function delayMs(outcome: SendOutcome, attempts: number): number {
  const standard = BACKOFF_MS[Math.min(attempts, BACKOFF_MS.length) - 1] ?? 0
  return outcome.kind === 'later' ? Math.max(standard, outcome.retryAfterMs ?? 0) : standard
}

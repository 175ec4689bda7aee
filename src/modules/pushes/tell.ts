import { sql } from 'kysely'
import type { CurrencyCode } from '#kernel/currency.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import { majorText } from '#kernel/money.ts'
import { notify, raiseTask, settleTask } from '#modules/notices/notices.ts'
import type { JsonObject } from '#platform/outbox/event.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { FoundOrder, OrderRemark } from '../../../connectors/contract.ts'
import type { Push } from './push-row.ts'

// What people hear of pushes: each event once, without a customer's name.

export type OrderName = { readonly number: string }

const linkTo = ({ orderId }: Pick<Push, 'orderId'>) => `/orders/${orderId}`
const subjectOf = ({ orderId }: Pick<Push, 'orderId'>) => `order/${orderId}`
/** Pushed again after a failure is another story. */
const roundOf = ({ firstTryAt }: Pick<Push, 'firstTryAt'>) => firstTryAt ?? 0

export async function tellFailing(tx: Tx, push: Push, { number }: OrderName, say: string, now: Instant): Promise<void> {
  await notify(tx, push.tenantId, {
    kind: 'order_push_failing',
    key: `push:${push.id}:failing:${roundOf(push)}`,
    title: `Order ${number} does not get into the POS`,
    say: `Three tries in a row did not get order ${number} into the POS. ${say} It is tried on.`,
    subject: subjectOf(push),
    link: linkTo(push),
    now,
  })
}

export async function tellFailed(
  tx: Tx,
  push: Push,
  { number }: OrderName,
  failure: { readonly code: string; readonly say: string; readonly problems: readonly OrderRemark[] },
  now: Instant,
): Promise<void> {
  const words = {
    title: `Order ${number} is not in the POS`,
    say: `Order ${number} will not get into the POS by itself. ${failure.say} Mend it and push it again, or see to it by hand.`,
    subject: subjectOf(push),
    link: linkTo(push),
    now,
  }
  await notify(tx, push.tenantId, {
    kind: 'order_push_failed',
    key: `push:${push.id}:failed:${roundOf(push)}:${push.attempts}`,
    ...words,
  })
  const problems = failure.problems.map(({ code, pointer, say }) => ({ code, pointer, say }))
  await raiseTask(tx, push.tenantId, {
    kind: 'push.failed',
    key: failedKey(push),
    ...words,
    data: { order_id: push.orderId, push_id: push.id, code: failure.code, problems },
  })
}

/** Nobody can know by the POS's word alone whether the order is there: both sides, for a person to compare. */
export async function askPerson(
  tx: Tx,
  push: Push,
  ours: OrderName & { readonly shows: readonly string[] },
  candidates: readonly FoundOrder[],
  now: Instant,
): Promise<void> {
  const { number } = ours
  const data: JsonObject = {
    order_id: push.orderId,
    push_id: push.id,
    connection_id: push.connectionId,
    ours: { number, sent_at: textOf(push.firstSentAt), last_sent_at: textOf(push.lastSentAt), shows: [...ours.shows] },
    candidates: candidates.map(({ pushed, createdAt, shows }) => ({
      pos_order_id: pushed.externalId,
      pos_order_number: pushed.number,
      created_at: textOf(createdAt),
      shows: [...shows],
    })),
  }
  await raiseTask(tx, push.tenantId, {
    kind: 'push.undecided',
    key: undecidedKey(push),
    title: `Is order ${number} in the POS?`,
    say:
      `Order ${number} was sent, and no answer said whether it arrived. ` +
      (candidates.length === 0
        ? 'The POS cannot be asked for it. Look there for it: if it stands there, say which it is; if not, send it again.'
        : `${candidates.length} of the POS’s orders may be it. Compare them: say which it is, or send it again.`),
    subject: subjectOf(push),
    link: linkTo(push),
    data,
    now,
  })
}

export async function tellPrice(
  tx: Tx,
  push: Push,
  { number }: OrderName,
  theirs: bigint,
  now: Instant,
): Promise<void> {
  const money = (amount: bigint) => `${majorText(amount, push.currency as CurrencyCode)} ${push.currency}`
  await raiseTask(tx, push.tenantId, {
    kind: 'push.price_differs',
    key: `push.price_differs:${push.id}`,
    title: `Order ${number} costs something else in the POS`,
    say: `The customer was promised ${money(push.total)}, and the POS says ${money(theirs)}. Set it right there before it is paid.`,
    subject: subjectOf(push),
    link: linkTo(push),
    data: {
      order_id: push.orderId,
      push_id: push.id,
      ours: Number(push.total),
      theirs: Number(theirs),
      currency: push.currency,
    },
    now,
  })
}

export async function tellCancelRefused(tx: Tx, push: Push, number: string, say: string, now: Instant): Promise<void> {
  await raiseTask(tx, push.tenantId, {
    kind: 'push.cancel_refused',
    key: `push.cancel_refused:${push.id}`,
    title: `Order ${number} was to be taken back and stands in the POS`,
    say: `The channel asked to take order ${number} back. ${say} Take it back at the POS by hand, or tell the customer that it comes.`,
    subject: subjectOf(push),
    link: linkTo(push),
    data: { order_id: push.orderId, push_id: push.id, pos_order_id: push.posOrderId },
    now,
  })
}

/** Whatever waited for a person about this order's way does so no more. */
export async function settleTasks(tx: Tx, push: Push, how: string, by: string, now: Instant): Promise<void> {
  for (const key of [undecidedKey(push), failedKey(push)]) {
    await settleTask(tx, push.tenantId, key, { how, by, now })
  }
}

const RATE_MIN = 20
const RATE = 0.25
const HOUR_MS = 3_600_000

/** A quarter of at least twenty tries of the last hour went wrong: told once an hour at most. */
export async function tellErrorRate(
  tx: Tx,
  push: Pick<Push, 'tenantId' | 'connectionId'>,
  now: Instant,
): Promise<void> {
  const { rows } = await sql<{ all: bigint; bad: bigint }>`
    select count(*) as all, count(*) filter (where a.result in ('not_sent', 'unknown', 'refused')) as bad
    from pos.push_attempts a join pos.pushes p on p.tenant_id = a.tenant_id and p.id = a.push_id
    where a.tenant_id = ${push.tenantId} and a.started_at > ${instantText(instant(now - HOUR_MS))} and a.step = 'send'
      and a.result is not null and p.connection_id = ${push.connectionId}`.execute(tx)
  const [all, bad] = [Number(rows[0]?.all ?? 0), Number(rows[0]?.bad ?? 0)]
  if (all < RATE_MIN || bad < all * RATE) return
  const hour = instantText(now).slice(0, 13)
  await notify(tx, push.tenantId, {
    kind: 'error_rate_high',
    key: `push:${push.connectionId}:rate:${hour}`,
    title: 'Many orders fail on their way into the POS',
    say: `Of ${all} tries in the last hour ${bad} did not get their order into the POS. Look at the connection; the orders are tried on.`,
    subject: `connection/${push.connectionId}`,
    link: `/connections/${push.connectionId}`,
    now,
  })
}

const undecidedKey = ({ id }: Pick<Push, 'id'>) => `push.undecided:${id}`
const failedKey = ({ id }: Pick<Push, 'id'>) => `push.failed:${id}`

function textOf(at: Instant | null): string | null {
  return at === null ? null : instantText(at)
}

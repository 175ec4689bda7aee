import type pg from 'pg'
import type { Provider, StandingOrder } from './provider.ts'

// What is true when the trouble is over. The provider's own books say what stands there; the hub's tables say what it
// believes; each accepted order is in both, once, or a person was asked.

export type Judgement = {
  readonly pushes: number
  readonly in_the_pos: number
  /** Orders that stand in the POS more than once, and how many too many. */
  readonly twice: number
  /** Accepted, not in the POS, and no person was asked. */
  readonly lost: number
  /** Said to be in the POS and not, or under another number, or not paid. */
  readonly wrongly_successful: number
  /** Said to have failed, and yet in the POS. */
  readonly wrongly_failed: number
  /** Neither in the POS nor failed nor a person's question. */
  readonly not_at_rest: number
  readonly states: Readonly<Record<string, number>>
  readonly states_add_up: boolean
  /** Undecided, and no open task says so; or such a task, and nothing is undecided. */
  readonly undecided_without_task: number
  readonly undecided: number
  readonly failed: number
  readonly without_a_person_percent: number
  /** Orders whose first try did not do it, and how many of them came to be in the POS without a person. */
  readonly tried_again: number
  readonly recovered_percent: number
  readonly attempts: number
  readonly calls: number
  /** Requests that came to the provider and are not in the history. */
  readonly calls_missing: number
  /** Attempts without an end, gaps in their numbers, more than twelve retries. */
  readonly history_broken: number
}

type Row = {
  readonly order_id: string
  readonly status: string
  readonly waits_for: string | null
  readonly pos_order_id: string | null
  readonly attempts: number
  readonly ever_asked: boolean
  readonly asked_now: boolean
  readonly failed_task: boolean
}

export async function judge(
  db: pg.Client,
  provider: Provider,
  accepted: ReadonlyMap<string, number>,
): Promise<Judgement> {
  const { rows } = await db.query<Row>(`
    select p.order_id, p.status, p.waits_for, p.pos_order_id, p.attempts,
      coalesce(t.asked, false) as ever_asked, coalesce(t.open_undecided, false) as asked_now,
      coalesce(t.open_failed, false) as failed_task
    from pos.pushes p left join (
      select subject, true as asked, bool_or(kind = 'push.undecided' and state = 'open') as open_undecided,
        bool_or(kind = 'push.failed' and state = 'open') as open_failed
      from pos.tasks where kind in ('push.undecided', 'push.failed') group by subject
    ) t on t.subject = 'order/' || p.order_id`)
  const standing = Map.groupBy(provider.standing(), ({ reference }) => reference)
  const pushes = new Map(rows.map((row) => [row.order_id, row]))
  const count = (holds: (row: Row) => boolean) => rows.filter(holds).length
  const standsAs = ({ order_id }: Row) => standing.get(order_id)?.[0]
  const again = rows.filter(({ attempts }) => attempts > 1)
  const states = Object.fromEntries(
    [...Map.groupBy(rows, ({ status, waits_for }) => (waits_for === null ? status : `${status}, ${waits_for}`))].map(
      ([state, list]) => [state, list.length],
    ),
  )
  const isUndecided = ({ status, waits_for }: Row) => status === 'retry' && waits_for === 'person'
  return {
    pushes: accepted.size,
    in_the_pos: [...accepted.keys()].filter((id) => standing.has(id)).length,
    twice: [...standing.values()].reduce((sum, list) => sum + list.length - 1, 0),
    lost: [...accepted.keys()].filter((id) => isLost(standing.get(id), pushes.get(id))).length,
    wrongly_successful: count((row) => row.status === 'success' && !isRight(row, standsAs(row), accepted)),
    wrongly_failed: count((row) => row.status === 'failed' && standing.has(row.order_id)),
    not_at_rest: count((row) => row.status !== 'success' && row.status !== 'failed' && !isUndecided(row)),
    states,
    states_add_up: Object.values(states).reduce((sum, one) => sum + one, 0) === accepted.size,
    undecided_without_task: count((row) => isUndecided(row) !== row.asked_now),
    undecided: count(isUndecided),
    failed: count(({ status }) => status === 'failed'),
    without_a_person_percent: percent(
      count((row) => row.status === 'success' && !row.ever_asked),
      accepted.size,
    ),
    tried_again: again.length,
    recovered_percent: percent(again.filter((row) => row.status === 'success' && !row.ever_asked).length, again.length),
    ...(await judgeHistory(db, provider)),
  }
}

function isLost(stands: readonly StandingOrder[] | undefined, row: Row | undefined): boolean {
  if (stands !== undefined) return false
  return !(row?.asked_now === true || row?.failed_task === true)
}

function isRight(row: Row, stands: StandingOrder | undefined, accepted: ReadonlyMap<string, number>): boolean {
  if (stands === undefined || !stands.whole) return false
  return stands.posOrderId === row.pos_order_id && stands.total === accepted.get(row.order_id)
}

async function judgeHistory(db: pg.Client, provider: Provider) {
  const arrived = provider.arrived()
  const { rows: calls } = await db.query<{ name: string; sent: number }>(
    'select name, count(*)::int as sent from pos.push_calls where never_sent is not true group by name',
  )
  const { rows: answered } = await db.query<{ name: string; answered: number }>(
    'select name, count(*)::int as answered from pos.push_calls where verdict is not null and not never_sent group by name',
  )
  const named = (name: string) => calls.find((one) => one.name === name)?.sent ?? 0
  // Besides what is missing: what was put down as answered must have come.
  const missing = calls.map(({ name, sent }) => Math.max(0, (arrived[name] ?? 0) - sent))
  const invented = answered.map(({ name, answered: known }) => Math.max(0, known - (arrived[name] ?? 0)))
  const unheard = Object.keys(arrived).filter((name) => /^(orders|payments)\./.test(name) && named(name) === 0)
  const { rows: broken } = await db.query<{ broken: number; attempts: number }>(`
    select (select count(*) from pos.push_attempts)::int as attempts, (
      (select count(*) from pos.push_attempts where ended_at is null)
      + (select count(*) from pos.pushes p where retry_count > 12 or attempts <>
          (select coalesce(max(no), 0) from pos.push_attempts a where a.tenant_id = p.tenant_id and a.push_id = p.id)
          or attempts <> (select count(*) from pos.push_attempts a where a.tenant_id = p.tenant_id and a.push_id = p.id))
    )::int as broken`)
  return {
    attempts: broken[0]?.attempts ?? 0,
    calls: calls.reduce((sum, { sent }) => sum + sent, 0),
    calls_missing: [...missing, ...invented].reduce((sum, one) => sum + one, 0) + unheard.length,
    history_broken: broken[0]?.broken ?? 0,
  }
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.floor((part / whole) * 100_000) / 1_000
}

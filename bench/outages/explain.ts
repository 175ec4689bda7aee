import { soldAt } from '#simulators/square/books.ts'
import type { Seller } from '#simulators/square/seller.ts'
import type { World } from './world.ts'

// Which sales and refunds the two do not agree on, one by one, and what the hub knows of them. For whoever mends the cause.

const SHOWN_MAX = 12

type Fact = { readonly id: string; readonly amount: number }

/** A line for each sale and refund that only one of the two has, or has with another amount. */
export async function explain(world: World): Promise<string[]> {
  const sellers = world.provider.square.sellers
  const lines = [
    ...differing('sale', sellers.flatMap(salesOf), await factsOf(world, SALES)),
    ...differing('refund', sellers.flatMap(refundsOf), await factsOf(world, REFUNDS)),
  ]
  const told = await Promise.all(lines.slice(0, SHOWN_MAX).map((line) => withTraces(world, line)))
  return lines.length > SHOWN_MAX ? [...told, `and ${lines.length - SHOWN_MAX} more`] : told
}

const SALES = "select external_id as id, total as amount from pos.transactions where status = 'closed'"
const REFUNDS = 'select external_id as id, amount from pos.refunds'

function salesOf(seller: Seller): Fact[] {
  return seller.locations.flatMap(({ id }) =>
    [...seller.ordersAt(id).values()]
      .filter(({ value }) => soldAt(seller, value) !== null)
      .map(({ value }) => ({ id: value.id, amount: value.total_money.amount })),
  )
}

function refundsOf(seller: Seller): Fact[] {
  const given = [...seller.refunds.values()].filter(({ value }) => value.status === 'COMPLETED')
  return given.map(({ value }) => ({ id: value.id, amount: value.amount_money.amount }))
}

async function factsOf(world: World, text: string): Promise<Fact[]> {
  const rows = await world.query<{ id: string; amount: string }>(text)
  // What an exchange set against new goods has no id at the provider.
  return rows.filter(({ id }) => !id.endsWith('#exchange')).map(({ id, amount }) => ({ id, amount: Number(amount) }))
}

type Line = { readonly id: string; readonly say: string }

function differing(what: string, theirs: readonly Fact[], ours: readonly Fact[]): Line[] {
  const [provider, hub] = [theirs, ours].map((facts) => new Map(facts.map(({ id, amount }) => [id, amount])))
  const ids = new Set([...(provider?.keys() ?? []), ...(hub?.keys() ?? [])])
  return [...ids]
    .filter((id) => provider?.get(id) !== hub?.get(id))
    .map((id) => ({ id, say: `${what} ${id}: ${provider?.get(id) ?? 'none'} ≠ ${hub?.get(id) ?? 'none'}` }))
}

async function withTraces(world: World, { id, say }: Line): Promise<string> {
  const traces = await Promise.all(
    TRACES.map(async ([name, text]) => {
      const rows = await world.query(text, [id])
      return `${name} ${rows.length === 0 ? 'none' : JSON.stringify(rows)}`
    }),
  )
  return [say, ...traces].join('; ')
}

const TRACES = [
  ['records', 'select kind, version, updated_at, seen_at from pos.source_records where external_id = $1'],
  [
    'subjects',
    `select s.* from pos.source_subjects s where exists (select from pos.source_links l
      where l.tenant_id = s.tenant_id and l.connection_id = s.connection_id and l.subject = s.subject
        and l.external_id = $1)`,
  ],
  [
    'deliveries',
    `select type, outcome, code, received_at from pos.webhook_logs
      where array_to_string(subjects, ' ') like '%' || $1 || '%'`,
  ],
  [
    'due reads',
    `select subject, kind, reason, state, step, due_at from pos.due_reads
      where external_id = $1 or subject like '%' || $1`,
  ],
] as const

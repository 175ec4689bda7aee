import type { LiveConnection } from '#modules/connections/live.ts'
import type { RefundFiling, SaleFiling, Source } from '#modules/mirror/filing.ts'
import { recordSales } from '#modules/mirror/mirror.ts'
import { standingRefunds, standingSales } from '#modules/mirror/standing.ts'
import { listSites } from '#modules/sites/sites.ts'
import { appendEvents, type NewEvent } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { openWriter } from '#platform/postgres/together.ts'
import type { RecordRef } from '../../../../connectors/contract.ts'
import { countDrift, type SeenDrift } from './drift.ts'
import { type DueRead, dueReadSettling } from './due-reads.ts'
import { type Keeping, type KeepOrigin, type Kept, NOTHING_KEPT } from './kept.ts'
import { placeReading } from './place.ts'
import { type Quarantined, readSubjects, type SubjectReading, type SubjectWords } from './read-subjects.ts'
import type { Owner } from './store-records.ts'
import {
  type Fact,
  factAddition,
  factRemoval,
  findFactsElsewhere,
  type HeldSubject,
  linkAddition,
  type SubjectOutcome,
  subjectPutDown,
} from './store-subjects.ts'
import { orderEvents } from './tell-of-orders.ts'

// Subjects that were locked and gathered are read, and what they say goes into the mirror.

export type Gathered = {
  readonly words: readonly SubjectWords[]
  readonly held: ReadonlyMap<string, HeldSubject>
  /** Records that came just now. */
  readonly arrived: readonly RecordRef[]
}

/** What was read of one subject, with its place. */
type Filed = {
  readonly outcome: SubjectOutcome
  readonly before: HeldSubject
  readonly sales: readonly SaleFiling[]
  readonly refunds: readonly RefundFiling[]
  readonly unplaced: readonly string[]
}

/** Reads the subjects and files what they say. Of the answer, `records`, `subjects` and `loose` are the caller's to fill. */
export async function fileSubjects(
  tx: Tx,
  keeping: Keeping,
  connection: LiveConnection,
  { words, held, arrived }: Gathered,
  origin: KeepOrigin,
): Promise<Kept> {
  const owner = { tenantId: connection.tenantId, connectionId: connection.id }
  const { readings, quarantined } = await readSubjects(tx, keeping.sealer, connection, words)
  const filed = await fileReadings(tx, connection, readings, held)
  const gone = await goneFacts(tx, owner, filed)
  const due = readings.flatMap(dueOf)
  const drift = driftOf(readings, quarantined)

  const shut = quarantined.map((one) => shutAway(one, held))
  const read = readings.map(({ subject }) => subject)
  const writer = openWriter(tx)
  const settling = [
    subjectPutDown(tx, owner, [...filed.map(({ outcome }) => outcome), ...shut], origin.now),
    factAddition(tx, owner, filed.flatMap(newFacts)),
    factRemoval(tx, owner, filed.flatMap(lostFacts)),
    linkAddition(tx, owner, readings.flatMap(askedLinks), 'all'),
    ...dueReadSettling(tx, owner, { subjects: read, arrived }, due, origin),
  ]
  await writer.write(
    read.length + due.length,
    settling.map((statement) => () => statement),
  )
  const firstSeen = await countDrift(tx, owner, drift, origin.now)

  const sales = [...filed.flatMap((one) => one.sales), ...gone.sales]
  const refunds = [...filed.flatMap((one) => one.refunds), ...gone.refunds]
  const source = { ...owner, posSystem: connection.posSystem, batchId: null, ...origin }
  const hasFacts = sales.length + refunds.length > 0
  const recorded = hasFacts ? await recordSales(tx, source, sales, refunds, writer) : NOTHING_KEPT
  await writer.flush()
  await appendEvents(tx, owner.tenantId, [
    ...firstSeen.map((one) => driftEvent(source, one)),
    ...newlyShut(quarantined, held).map((one) => quarantineEvent(source, one)),
    ...orderEvents(
      source,
      readings.flatMap(({ reading }) => reading.orders ?? []),
    ),
  ])
  const unplaced = filed.flatMap((one) => one.unplaced)
  return {
    ...NOTHING_KEPT,
    created: recorded.created,
    updated: recorded.updated,
    unchanged: recorded.unchanged,
    late: recorded.late,
    refundsCreated: recorded.refundsCreated,
    refundsUpdated: recorded.refundsUpdated,
    refundsUnchanged: recorded.refundsUnchanged,
    changedSaleIds: recorded.changedSaleIds,
    quarantined: quarantined.length,
    unplaced: unplaced.length,
    unplacedLocations: [...new Set(unplaced)],
    due: due.length,
    drift: drift.length,
  }
}

async function fileReadings(
  tx: Tx,
  connection: LiveConnection,
  readings: readonly SubjectReading[],
  held: ReadonlyMap<string, HeldSubject>,
): Promise<Filed[]> {
  const hasFacts = readings.some(({ reading }) => reading.sales.length + reading.refunds.length > 0)
  const sites = new Map(hasFacts ? (await listSites(tx, connection.tenantId)).map((site) => [site.id, site]) : [])
  return readings.map(({ subject, reading }) => {
    const before = held.get(subject) ?? neverRead(subject)
    // Of records that moved to another subject the time may have gone with them; what stands never grows younger.
    const updatedAt = laterOf(before.updatedAt, reading.updatedAt)
    const { sales, refunds, unplaced } = placeReading(connection, sites, { ...reading, updatedAt })
    const told = {
      sales: new Set(reading.sales.map((sale) => sale.externalId)),
      refunds: new Set([
        ...reading.refunds.map(({ refund }) => refund.externalId),
        ...reading.sales.flatMap((sale) => sale.refunds.map((refund) => refund.externalId)),
      ]),
    }
    const outcome: SubjectOutcome = {
      subject,
      state: unplaced.length > 0 ? 'unplaced' : 'filed',
      // What was filed once and is of a place that is no longer chosen stays on record as this subject's.
      sales: union(
        before.sales.filter((id) => told.sales.has(id)),
        sales.map(({ sale }) => sale.externalId),
      ),
      refunds: union(
        before.refunds.filter((id) => told.refunds.has(id)),
        refunds.map(({ refund }) => refund.externalId),
      ),
      updatedAt,
      settling: reading.settling?.reason ?? null,
      code: null,
      say: null,
    }
    return { outcome, before, sales, refunds, unplaced }
  })
}

function neverRead(subject: string): HeldSubject {
  return { subject, state: 'new', sales: [], refunds: [], updatedAt: null }
}

function laterOf(a: HeldSubject['updatedAt'], b: HeldSubject['updatedAt']): HeldSubject['updatedAt'] {
  if (a === null || b === null) return a ?? b
  return a > b ? a : b
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])]
}

/** A subject that cannot be read keeps all that is known of it. */
function shutAway({ subject, code, say }: Quarantined, held: Gathered['held']): SubjectOutcome {
  const { sales, refunds, updatedAt } = held.get(subject) ?? neverRead(subject)
  return { subject, sales, refunds, updatedAt, state: 'quarantined', settling: null, code, say }
}

function newlyShut(quarantined: readonly Quarantined[], held: Gathered['held']): Quarantined[] {
  return quarantined.filter(({ subject }) => held.get(subject)?.state !== 'quarantined')
}

function newFacts({ outcome, before }: Filed): Fact[] {
  return factsOf(outcome, before)
}

function lostFacts({ outcome, before }: Filed): Fact[] {
  return factsOf(before, outcome)
}

/** Facts that `of` has and `not` has not. */
function factsOf(of: Pick<HeldSubject, 'subject' | 'sales' | 'refunds'>, not: typeof of): Fact[] {
  const { subject } = of
  const sales = of.sales.filter((id) => !not.sales.includes(id))
  const refunds = of.refunds.filter((id) => !not.refunds.includes(id))
  return [
    ...sales.map((externalId): Fact => ({ fact: 'sale', externalId, subject })),
    ...refunds.map((externalId): Fact => ({ fact: 'refund', externalId, subject })),
  ]
}

/**
 * Facts that a subject told once and no longer tells, and nobody else tells: a sale is voided, a refund gave back nothing.
 * A live fact cannot be made unsaid, and what became of it stays in its history.
 */
async function goneFacts(
  tx: Tx,
  owner: Owner,
  filed: readonly Filed[],
): Promise<{ sales: SaleFiling[]; refunds: RefundFiling[] }> {
  const told = new Set(filed.flatMap(({ outcome }) => factsOf(outcome, neverRead(outcome.subject))).map(nameOf))
  const lost = filed.flatMap(lostFacts).filter((fact) => !told.has(nameOf(fact)))
  if (lost.length === 0) return { sales: [], refunds: [] }
  const elsewhere = new Set((await findFactsElsewhere(tx, owner, lost)).map(nameOf))
  const gone = lost.filter((fact) => !elsewhere.has(nameOf(fact)))
  const idsOf = (kind: Fact['fact']) => gone.filter(({ fact }) => fact === kind).map(({ externalId }) => externalId)
  const sales = await standingSales(tx, owner, idsOf('sale'))
  const refunds = await standingRefunds(tx, owner, idsOf('refund'))
  return {
    sales: sales.map((filing) => ({ ...filing, sale: { ...filing.sale, status: 'voided' } })),
    refunds: refunds.map((filing) => ({
      ...filing,
      refund: { ...filing.refund, amount: 0n, tax: 0n, tip: 0n, items: [] },
    })),
  }
}

function nameOf({ fact, externalId }: Fact): string {
  return `${fact} ${externalId}`
}

function dueOf({ subject, reading }: SubjectReading): DueRead[] {
  const needed = reading.needs.map(({ kind, id }): DueRead => ({ subject, kind, id, reason: 'needed' }))
  const { settling } = reading
  if (settling === null) return needed
  const names = new Set(needed.map(({ kind, id }) => `${kind} ${id}`))
  const again = settling.again.filter(({ kind, id }) => !names.has(`${kind} ${id}`))
  return [...needed, ...again.map(({ kind, id }): DueRead => ({ subject, kind, id, reason: settling.reason }))]
}

function askedLinks({ subject, also }: SubjectReading) {
  return also.map(({ kind, id }) => ({ subject, kind, id, role: 'also' }) as const)
}

function driftOf(readings: readonly SubjectReading[], quarantined: readonly Quarantined[]): SeenDrift[] {
  return [
    ...readings.flatMap(({ subject, reading }) => reading.drift.map((one) => ({ ...one, subject }))),
    ...quarantined.flatMap(({ subject, drift }) => drift.map((one) => ({ ...one, subject }))),
  ]
}

function driftEvent(source: Source, { what, path, value }: SeenDrift): NewEvent {
  return {
    type: 'records.drifted',
    subject: `connection/${source.connectionId}`,
    occurredAt: source.now,
    actor: source.actor,
    requestId: source.requestId,
    data: { connection_id: source.connectionId, pos_system: source.posSystem, what, path, value },
  }
}

function quarantineEvent(source: Source, { subject, code }: Quarantined): NewEvent {
  return {
    type: 'records.quarantined',
    subject: `connection/${source.connectionId}`,
    occurredAt: source.now,
    actor: source.actor,
    requestId: source.requestId,
    data: { connection_id: source.connectionId, pos_system: source.posSystem, fact: subject, code },
  }
}

import { sql } from 'kysely'
import type { SalePart } from '#canon/sale.ts'
import type { Id } from '#kernel/ids.ts'
import { type Instant, instantText, type LocalDate } from '#kernel/instant.ts'
import { arrayOf, type Column, insertStatement, type Statement } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { executeTogether, statementOf } from '#platform/postgres/together.ts'
import type { Origin, Source } from './filing.ts'
import { type Content, readSnapshot } from './snapshot.ts'
import type { SaleKey } from './store-keys.ts'
import { byMonth, spanOf, tenantOf, time } from './store-write.ts'
import type { Word } from './words.ts'

export type RevisionRow = Origin & {
  readonly saleId: Id
  readonly filedOn: LocalDate
  readonly version: number
  /** Null: no word, but what a batch that was taken back leaves standing. */
  readonly part: SalePart | null
  readonly late: boolean
  readonly contentHash: Uint8Array | null
  readonly said: string | null
  readonly snapshot: string | null
}

const REVISION_COLUMNS: readonly Column<RevisionRow>[] = [
  { name: 'sale_id', type: 'uuid', of: (row) => row.saleId },
  { name: 'filed_on', type: 'date', of: (row) => row.filedOn },
  { name: 'version', type: 'integer', of: (row) => row.version },
  { name: 'source_version', type: 'bigint', of: (row) => row.sourceVersion },
  { name: 'source_updated_at', type: 'timestamptz', of: (row) => time(row.sourceUpdatedAt) },
  { name: 'source_rows', type: 'text', cast: 'integer[]', of: (row) => (row.rows ? arrayOf(row.rows) : null) },
  { name: 'raw', type: 'bytea', of: (row) => row.raw },
  { name: 'part', type: 'text', of: (row) => row.part },
]

const LATER_COLUMNS: readonly Column<RevisionRow>[] = [
  { name: 'late', type: 'boolean', of: (row) => row.late },
  { name: 'content_hash', type: 'bytea', of: (row) => row.contentHash },
  { name: 'said', type: 'jsonb', of: (row) => row.said },
  { name: 'snapshot', type: 'jsonb', of: (row) => row.snapshot },
]

/** The first word about sales: it is what stands, and their keys have its hash. */
export function firstRevisions(source: Source, rows: readonly RevisionRow[]): Statement | null {
  return insertRevisions(source, rows, REVISION_COLUMNS)
}

export function laterRevisions(source: Source, rows: readonly RevisionRow[]): Statement | null {
  return insertRevisions(source, rows, [...REVISION_COLUMNS, ...LATER_COLUMNS])
}

function insertRevisions(
  source: Source,
  rows: readonly RevisionRow[],
  columns: readonly Column<RevisionRow>[],
): Statement | null {
  return insertStatement(rows, {
    into: 'pos.sale_revisions',
    constants: [
      tenantOf(source),
      { name: 'recorded_at', type: 'timestamptz', value: instantText(source.now) },
      { name: 'batch_id', type: 'uuid', value: source.batchId },
    ],
    columns,
  })
}

/** Where the words about a sale are found. */
export type Told = Pick<SaleKey, 'saleId' | 'filedOn' | 'contentHash'>

/** A revision or, where `afterVersions` says where among them it stands, a sighting. */
type WordRecord = {
  saleId: Id
  version: number
  part: SalePart
  batchId: Id | null
  sourceVersion: bigint | null
  sourceUpdatedAt: Instant | null
  contentHash: Uint8Array | null
  withdrawn: boolean
  afterVersions: number | null
}

/** The words about each sale that were not taken back, repeats among them, in the order in which they came. */
export async function readWords(tx: Tx, tenantId: Source['tenantId'], keys: readonly Told[]): Promise<Map<Id, Word[]>> {
  if (keys.length === 0) return new Map()
  const ids = arrayOf(keys.map((key) => key.saleId))
  const { first, last } = spanOf(keys, (key) => key.filedOn)
  const { rows } = await sql<WordRecord>`
    select sale_id as "saleId", version, part, batch_id as "batchId", source_version as "sourceVersion",
      source_updated_at as "sourceUpdatedAt", content_hash as "contentHash", withdrawn_at is not null as withdrawn,
      null::integer as "afterVersions", 0 as nth
    from pos.sale_revisions
    where tenant_id = ${tenantId} and sale_id = any(${ids}::uuid[]) and part is not null
      and filed_on between ${first}::date and ${last}::date
    union all
    select sale_id, version, null, batch_id, source_version, source_updated_at, null, false, after_versions, nth
    from pos.sale_sightings
    where tenant_id = ${tenantId} and sale_id = any(${ids}::uuid[])
    order by "saleId", "afterVersions" nulls first, nth, version`.execute(tx)
  const bySale = Map.groupBy(rows, (row) => row.saleId)
  return new Map(keys.map((key) => [key.saleId, wordsOf(key, bySale.get(key.saleId) ?? [])]))
}

function wordsOf(key: Told, records: readonly WordRecord[]): Word[] {
  const revisions = records.filter(({ afterVersions }) => afterVersions === null)
  const sightings = records.filter(({ afterVersions }) => afterVersions !== null)
  const words = new Map<number, Word>()
  const inOrder: Word[] = []
  let seen = 0
  const sightedBefore = (version: number) => {
    for (
      let next = sightings[seen];
      next !== undefined && (next.afterVersions ?? 0) < version;
      next = sightings[++seen]
    ) {
      const repeated = words.get(next.version)
      if (repeated === undefined) throw new Error('a repeat of what nobody said')
      const { batchId, sourceVersion, sourceUpdatedAt } = next
      inOrder.push({ ...repeated, batchId, sourceVersion, sourceUpdatedAt })
    }
  }
  for (const { version, part, batchId, sourceVersion, sourceUpdatedAt, contentHash, withdrawn } of revisions) {
    sightedBefore(version)
    // Only a sale's one version leaves its hash to the key.
    const hash = contentHash ?? key.contentHash
    const word: Word = { version, part, batchId, sourceVersion, sourceUpdatedAt, contentHash: hash }
    words.set(version, word)
    if (!withdrawn) inOrder.push(word)
  }
  sightedBefore(Number.POSITIVE_INFINITY)
  return inOrder
}

export type WordAt = { readonly saleId: Id; readonly filedOn: LocalDate; readonly version: number }

/** What words say, by sale and version. A word that is itself the version that stands has nothing kept: its rows say it. */
export async function readContents(
  tx: Tx,
  tenantId: Source['tenantId'],
  words: readonly WordAt[],
): Promise<(word: Pick<WordAt, 'saleId' | 'version'>) => Content | null> {
  const contents = new Map<string, Content>()
  for (const { first, last, rows } of byMonth(words, (word) => word.filedOn)) {
    const kept = await sql<{ saleId: Id; version: number; content: unknown }>`
      select sale_id as "saleId", version, coalesce(said, snapshot) as content from pos.sale_revisions
      where tenant_id = ${tenantId} and sale_id = any(${arrayOf(rows.map((row) => row.saleId))}::uuid[])
        and version = any(${arrayOf([...new Set(rows.map((row) => row.version))])}::integer[])
        and coalesce(said, snapshot) is not null
        and filed_on between ${first}::date and ${last}::date`.execute(tx)
    for (const row of kept.rows) contents.set(`${row.saleId}/${row.version}`, readSnapshot(row.content))
  }
  return ({ saleId, version }) => contents.get(`${saleId}/${version}`) ?? null
}

export type Kept = WordAt & {
  /** Our reading of a version that stands no longer; null where it is kept already. */
  readonly snapshot: string | null
  /** Of the word, for a sale's first version, whose key is about to have another one. */
  readonly contentHash: Uint8Array | null
}

export async function keepVersions(
  tx: Tx,
  source: Source,
  versions: readonly Kept[],
  takenBack: Id | null = null,
): Promise<void> {
  await executeTogether(tx, versionKeeps(tx, source, versions, takenBack))
}

/**
 * The statements that keep what was only in the standing rows and in the key, before they change. With the batch that is
 * being taken back, its versions among them are marked in the same step.
 */
export function versionKeeps(
  tx: Tx,
  source: Source,
  versions: readonly Kept[],
  takenBack: Id | null = null,
): Statement[] {
  return byMonth(versions, (row) => row.filedOn).map(({ first, last, rows }) =>
    statementOf(
      tx,
      sql`
        update pos.sale_revisions r
        set snapshot = coalesce(r.snapshot, v.snapshot), content_hash = coalesce(r.content_hash, v.content_hash),
          withdrawn_at = case when r.batch_id = ${takenBack}::uuid then ${instantText(source.now)}::timestamptz
            else r.withdrawn_at end
        from unnest(
          ${arrayOf(rows.map((row) => row.saleId))}::uuid[],
          ${arrayOf(rows.map((row) => row.filedOn))}::date[],
          ${arrayOf(rows.map((row) => row.version))}::integer[],
          ${arrayOf(rows.map((row) => row.snapshot))}::jsonb[],
          ${arrayOf(rows.map((row) => row.contentHash))}::bytea[]
        ) as v (sale_id, filed_on, version, snapshot, content_hash)
        where r.tenant_id = ${source.tenantId} and r.sale_id = v.sale_id and r.filed_on = v.filed_on
          and r.version = v.version and r.filed_on between ${first}::date and ${last}::date`,
    ),
  )
}

/** That a batch says, too, what a version says. */
export type Sighting = WordAt & Pick<SaleKey, 'versions' | 'sourceVersion' | 'sourceUpdatedAt'>

export async function recordSightings(tx: Tx, source: Source, seen: readonly Sighting[]): Promise<void> {
  if (seen.length === 0) return
  await sql`
    insert into pos.sale_sightings
      (tenant_id, sale_id, filed_on, version, batch_id, source_version, source_updated_at, after_versions, nth)
    select ${source.tenantId}, v.sale_id, v.filed_on, v.version, ${source.batchId}::uuid, v.source_version,
      v.source_updated_at, v.versions, coalesce((
        select max(s.nth) + 1 from pos.sale_sightings s
        where s.tenant_id = ${source.tenantId} and s.sale_id = v.sale_id), 0)
    from unnest(
      ${arrayOf(seen.map((one) => one.saleId))}::uuid[],
      ${arrayOf(seen.map((one) => one.filedOn))}::date[],
      ${arrayOf(seen.map((one) => one.version))}::integer[],
      ${arrayOf(seen.map((one) => one.versions))}::integer[],
      ${arrayOf(seen.map((one) => one.sourceVersion))}::bigint[],
      ${arrayOf(seen.map((one) => time(one.sourceUpdatedAt)))}::timestamptz[]
    ) as v (sale_id, filed_on, version, versions, source_version, source_updated_at)`.execute(tx)
}

/** Of sales with one version only, those that neither this batch nor a live word has said yet. */
export async function saidByOthersAlone<Row extends { readonly key: Pick<SaleKey, 'saleId' | 'filedOn'> }>(
  tx: Tx,
  source: Source,
  sales: readonly Row[],
): Promise<Row[]> {
  const others = new Set<Id>()
  for (const { first, last, rows } of byMonth(sales, ({ key }) => key.filedOn)) {
    const found = await sql<{ id: Id }>`
      select id from pos.transactions t
      where tenant_id = ${source.tenantId} and id = any(${arrayOf(rows.map(({ key }) => key.saleId))}::uuid[])
        and filed_on between ${first}::date and ${last}::date
        and batch_id is not null and batch_id is distinct from ${source.batchId}::uuid
        and not exists (
          select from pos.sale_sightings s
          where s.tenant_id = ${source.tenantId} and s.sale_id = t.id
            and (s.batch_id is null or s.batch_id = ${source.batchId}::uuid))`.execute(tx)
    for (const { id } of found.rows) others.add(id)
  }
  return sales.filter(({ key }) => others.has(key.saleId))
}

import type { CatalogArticle } from '#canon/catalog.ts'
import type { LiveConnection } from '#modules/connections/live.ts'
import { findCatalogArticles } from '#modules/mirror/catalog.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Sealer } from '#platform/vault/vault.ts'
import {
  Garbled,
  type Lookup,
  type Reading,
  type RecordRef,
  type SourceRecord,
} from '../../../../connectors/contract.ts'
import { findRecords } from './find.ts'
import { keyOf } from './newest.ts'
import { placeOf } from './place.ts'

// Subjects are read whole, by the connector's pure reader. What a reading turns out to need and what is already here (a
// record of another subject, an article of the catalogue) is looked up for all subjects at once, and those are read again.

/** What a subject is read from. */
export type SubjectWords = {
  readonly subject: string
  readonly parts: readonly SourceRecord[]
  readonly also: readonly SourceRecord[]
}

export type SubjectReading = {
  readonly subject: string
  readonly reading: Reading
  /** Records of elsewhere that it was read with: it is read again when one of them changes. */
  readonly also: readonly RecordRef[]
}

/** A subject that cannot be read. Its records are kept, and what stood of it stands. */
export type Quarantined = {
  readonly subject: string
  readonly code: 'records.unreadable' | 'records.wrong-type'
  readonly say: string
  readonly drift: Reading['drift']
}

export type SubjectReadings = {
  readonly readings: readonly SubjectReading[]
  readonly quarantined: readonly Quarantined[]
}

/** A reading may need what only another lookup shows. Nobody has seen a chain longer than two. */
const ROUNDS_MAX = 4

export async function readSubjects(
  tx: Tx,
  sealer: Sealer,
  connection: LiveConnection,
  subjects: readonly SubjectWords[],
): Promise<SubjectReadings> {
  const shelf = emptyShelf()
  const attempts = new Map<string, Attempt>()
  let waiting: readonly Asker[] = subjects.map((words) => ({ words, needs: [] }))
  for (let round = 1; waiting.length > 0; round++) {
    const read = waiting.map((asker) => readOne(connection, asker, shelf))
    for (const attempt of read) attempts.set(attempt.words.subject, attempt)
    if (round === ROUNDS_MAX) break
    const news = await fillShelf(tx, sealer, connection, shelf, read)
    waiting = read.filter((attempt) => attempt.asked.some((question) => news.has(question)))
  }
  return outcomeOf([...attempts.values()])
}

type Asker = {
  readonly words: SubjectWords
  /** What its readings asked for so far. */
  readonly needs: readonly RecordRef[]
}

type Attempt = Asker & {
  readonly outcome: Reading | Quarantined
  /** What this reading looked for and did not find, in the words of the shelf. */
  readonly asked: readonly string[]
}

/** What was looked up so far; null for what is not there. */
type Shelf = {
  readonly records: Map<string, SourceRecord | null>
  readonly articles: Map<string, CatalogArticle | null>
}

const NOTHING_SAID: Reading = { sales: [], refunds: [], updatedAt: null, settling: null, needs: [], drift: [] }

function emptyShelf(): Shelf {
  return { records: new Map(), articles: new Map() }
}

function readOne(connection: LiveConnection, { words, needs }: Asker, shelf: Shelf): Attempt {
  const { subject } = words
  const fetched = needs.flatMap((ref) => shelf.records.get(keyOf(ref)) ?? [])
  const asked: string[] = []
  const lookup: Lookup = {
    article(externalId) {
      if (!shelf.articles.has(externalId)) asked.push(articleQuestion(externalId))
      return shelf.articles.get(externalId) ?? null
    },
    country: (location) => placeOf(connection, location)?.country ?? null,
  }
  // All its records moved to other subjects: it says nothing any more.
  if (words.parts.length === 0) return { words, needs, asked, outcome: NOTHING_SAID }
  try {
    const reading = connection.live.reader.read(subject, words.parts, [...words.also, ...fetched], lookup)
    const wrong = reading.drift.filter(({ what }) => what === 'wrong_type')
    const more = reading.needs.filter((ref) => !shelf.records.has(keyOf(ref)))
    asked.push(...more.map(recordQuestion))
    const outcome = wrong.length === 0 ? reading : wrongType(subject, wrong)
    return { words, needs: [...needs, ...reading.needs], asked, outcome }
  } catch (error) {
    return { words, needs, asked, outcome: unreadable(subject, error) }
  }
}

/** Looks up what the readings asked for; answers the questions that something was found for. */
async function fillShelf(
  tx: Tx,
  sealer: Sealer,
  connection: LiveConnection,
  shelf: Shelf,
  read: readonly Attempt[],
): Promise<ReadonlySet<string>> {
  const owner = { tenantId: connection.tenantId, connectionId: connection.id }
  const asked = new Set(read.flatMap((attempt) => attempt.asked))
  const refs = [...new Map(read.flatMap(({ needs }) => needs).map((ref) => [keyOf(ref), ref])).values()]
  const wanted = refs.filter((ref) => !shelf.records.has(keyOf(ref)))
  const articleIds = [...asked].filter((one) => one.startsWith(ARTICLE)).map((one) => one.slice(ARTICLE.length))
  const records = await findRecords(tx, sealer, owner, wanted)
  const articles =
    articleIds.length === 0
      ? new Map<string, CatalogArticle>()
      : await findCatalogArticles(tx, owner.tenantId, owner.connectionId, articleIds)
  for (const ref of wanted) shelf.records.set(keyOf(ref), null)
  for (const record of records) shelf.records.set(keyOf(record), record)
  for (const id of articleIds) shelf.articles.set(id, articles.get(id) ?? null)
  return new Set([...records.map(recordQuestion), ...[...articles.keys()].map(articleQuestion)])
}

const ARTICLE = 'article\u001f'

function articleQuestion(externalId: string): string {
  return ARTICLE + externalId
}

function recordQuestion(ref: RecordRef): string {
  return `record\u001f${keyOf(ref)}`
}

function outcomeOf(attempts: readonly Attempt[]): SubjectReadings {
  const readings: SubjectReading[] = []
  const quarantined: Quarantined[] = []
  for (const { words, needs, outcome } of attempts) {
    if ('code' in outcome) quarantined.push(outcome)
    else readings.push({ subject: words.subject, reading: outcome, also: needs })
  }
  return { readings, quarantined }
}

function wrongType(subject: string, wrong: Reading['drift']): Quarantined {
  const paths = [...new Set(wrong.map(({ path }) => path))].slice(0, 5).join(', ')
  return {
    subject,
    code: 'records.wrong-type',
    say: `What stands at ${paths} is not of the kind that it always was. The records are kept; what they say is read again when they change, or when you ask for it after an update.`,
    drift: wrong,
  }
}

function unreadable(subject: string, error: unknown): Quarantined {
  // What a connector says of garbled records holds no personal data; what else is thrown may quote anything.
  const why = error instanceof Garbled ? error.message : `the reader broke with ${(error as Error | null)?.name}`
  return {
    subject,
    code: 'records.unreadable',
    say: `The records of this fact could not be read: ${why}. They are kept; it is read again when they change, or when you ask for it after an update.`,
    drift: [],
  }
}

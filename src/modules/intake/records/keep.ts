import type { LiveConnection } from '#modules/connections/live.ts'
import type { Statement } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { SourceRecord } from '../../../../connectors/contract.ts'
import { fileSubjects } from './file-subjects.ts'
import { recordsOfSubjects } from './find.ts'
import { type Keeping, type KeepOrigin, type Kept, NOTHING_KEPT, type SeenRecord } from './kept.ts'
import { ageOf, isNewerWord, keyOf, recordHash, type Word } from './newest.ts'
import type { SubjectWords } from './read-subjects.ts'
import { keepLate, type Owner, readStandings, type Standing, writeNewest } from './store-records.ts'
import { type HeldSubject, holdSubjects, type Link, linkAddition, linkRemoval } from './store-subjects.ts'

// Keeping what a live system said, whichever way it came: pushed, pulled or fetched. In the caller's one transaction of
// the tenant:
//   look      what is known word for word costs one question and writes nothing
//   lock      the subjects that the other records have a part in, in the order of their names
//   keep      the newest word on each record; what it replaces, and what comes too late, as history
//   read      every touched subject anew from all its records, so that the order of arrival never matters
//   file      what was read, with the reads that are still due; the mirror records it and appends to the outbox last
// Repeating it changes nothing.

/**
 * Keeps records of one connection and brings the mirror up to what they say. Some hundred records at a time: it is one
 * writing transaction. A subject that cannot be read is put into quarantine, and the rest goes on. Throws only what the
 * database throws.
 */
export async function keepRecords(
  tx: Tx,
  keeping: Keeping,
  connection: LiveConnection,
  records: readonly SeenRecord[],
  origin: KeepOrigin,
): Promise<Kept> {
  const owner = { tenantId: connection.tenantId, connectionId: connection.id }
  const { newest, older } = newestOfEach(records)
  const known = await readStandings(tx, owner, newest)
  const news = newest.filter((word) => !isKnown(word, known))
  if (news.length === 0) {
    await keepLate(tx, owner, keeping.sealer, older, origin.now)
    const { unchanged, records: same } = countUnchanged(newest, [])
    return { ...NOTHING_KEPT, unchanged, records: { ...same, late: older.length } }
  }

  const { held, standing } = await holdAll(tx, owner, news, known)
  const { winners, losers } = await writeWords(tx, keeping, owner, news, standing, origin)
  await keepLate(tx, owner, keeping.sealer, [...losers, ...older], origin.now)

  const touched = touchedBy(winners, standing)
  const words = await wordsOf(tx, keeping, owner, touched, { held, winners, standing })
  const arrived = winners.map(({ record }) => record)
  const filed = await fileSubjects(tx, keeping, connection, { words, held, arrived }, origin)
  const { unchanged, records: same } = countUnchanged(newest, touched)
  const added = winners.filter(({ record }) => standingOf(record, standing).age === null).length
  return {
    ...filed,
    unchanged: filed.unchanged + unchanged,
    records: { ...same, added, changed: winners.length - added, late: losers.length + older.length },
    subjects: touched,
    loose: arrived.filter((record) => record.subjects.length === 0),
  }
}

type Standings = ReadonlyMap<string, Standing>

/** Of each record the newest of the words in hand, and those that it leaves behind. */
function newestOfEach(records: readonly SeenRecord[]): { newest: Word[]; older: Word[] } {
  const newest = new Map<string, Word>()
  const older: Word[] = []
  for (const record of records) {
    const word = { record, contentHash: recordHash(record) }
    const key = keyOf(record)
    const rival = newest.get(key)
    const wins = rival === undefined || isNewerWord(ageOf(word), ageOf(rival))
    if (wins) newest.set(key, word)
    const left = wins ? rival : word
    if (left !== undefined && Buffer.compare(left.contentHash, (newest.get(key) ?? left).contentHash) !== 0) {
      older.push(left)
    }
  }
  return { newest: [...newest.values()], older }
}

const UNKNOWN: Standing = { age: null, partOf: [], askedBy: [] }

function standingOf(record: SeenRecord, standing: Standings): Standing {
  return standing.get(keyOf(record)) ?? UNKNOWN
}

/** It stands word for word. */
function isKnown({ record, contentHash }: Word, standing: Standings): boolean {
  const { age } = standingOf(record, standing)
  return age !== null && Buffer.compare(age.contentHash, contentHash) === 0
}

function subjectsOf(words: readonly Word[], standing: Standings): string[] {
  const all = words.flatMap(({ record }) => {
    const { partOf, askedBy } = standingOf(record, standing)
    return [...record.subjects, ...partOf, ...askedBy]
  })
  return [...new Set(all)]
}

/** Locks all subjects of the words, and answers what stands of the words' records now that nobody else may change it. */
async function holdAll(tx: Tx, owner: Owner, words: readonly Word[], known: Standings) {
  const held = new Map<string, HeldSubject>()
  let standing = known
  for (;;) {
    // A record may have moved to another subject between the look and the lock. That is rare, and then it is locked too.
    const subjects = subjectsOf(words, standing).filter((subject) => !held.has(subject))
    for (const one of await holdSubjects(tx, owner, subjects)) held.set(one.subject, one)
    // Nothing was known of any of it, and nothing can have come meanwhile but by way of other subjects, which the write
    // finds out.
    if (standing === known && isAllNew(words, known, held)) return { held, standing }
    if (subjects.length === 0 && (standing !== known || held.size === 0)) return { held, standing }
    standing = await readStandings(tx, owner, words)
  }
}

function isAllNew(words: readonly Word[], standing: Standings, held: ReadonlyMap<string, HeldSubject>): boolean {
  const isUntold = words.every(({ record }) => standingOf(record, standing).age === null && record.subjects.length > 0)
  return isUntold && [...held.values()].every(({ state }) => state === 'new')
}

async function writeWords(
  tx: Tx,
  keeping: Keeping,
  owner: Owner,
  words: readonly Word[],
  standing: Standings,
  { now }: KeepOrigin,
): Promise<{ winners: Word[]; losers: Word[] }> {
  const news = words.filter((word) => !isKnown(word, standing))
  const newer = news.filter((word) => {
    const { age } = standingOf(word.record, standing)
    return age === null || isNewerWord(ageOf(word), age)
  })
  const replacing = newer.filter(({ record }) => standingOf(record, standing).age !== null)
  const beside = { replacing, following: relinking(tx, owner, newer, standing) }
  const written = await writeNewest(tx, owner, keeping.sealer, newer, beside, now)
  const winners = newer.filter(({ record }) => written.has(keyOf(record)))
  for (const { record } of winners) {
    const isFirst = written.get(keyOf(record))?.isFirst
    if (standingOf(record, standing).age === null && isFirst === false) throw new Overtaken()
  }
  return { winners, losers: news.filter((word) => !winners.includes(word)) }
}

/**
 * Somebody else told a record for the first time at the same moment, as part of other subjects than ours, so that no lock
 * was shared: what we know of it is out of date. The code is PostgreSQL's for this, upon which a transaction is tried anew.
 */
class Overtaken extends Error {
  override readonly name = 'Overtaken'
  readonly code = '40001'

  constructor() {
    super('a record was first told by somebody else meanwhile')
  }
}

/** Records that are a part of other subjects than before. */
function relinking(tx: Tx, owner: Owner, words: readonly Word[], standing: Standings): (Statement | null)[] {
  const added: Link[] = []
  const removed: Omit<Link, 'role'>[] = []
  for (const { record } of words) {
    const { kind, id, subjects } = record
    const { partOf } = standingOf(record, standing)
    for (const subject of subjects) if (!partOf.includes(subject)) added.push({ subject, kind, id, role: 'part' })
    for (const subject of partOf) if (!subjects.includes(subject)) removed.push({ subject, kind, id })
  }
  return [linkRemoval(tx, owner, removed, 'answered'), linkAddition(tx, owner, added, 'answered')]
}

function touchedBy(winners: readonly Word[], standing: Standings): string[] {
  return subjectsOf(winners, standing).sort()
}

/** All records of the touched subjects: those in hand, and those that were told before. */
async function wordsOf(
  tx: Tx,
  { sealer }: Keeping,
  owner: Owner,
  touched: readonly string[],
  now: {
    readonly held: ReadonlyMap<string, HeldSubject>
    readonly winners: readonly Word[]
    readonly standing: Standings
  },
): Promise<SubjectWords[]> {
  const words = new Map(touched.map((subject) => [subject, { parts: [], also: [] } as Gathered]))
  for (const { record } of now.winners) {
    for (const subject of record.subjects) words.get(subject)?.parts.push(record)
    for (const subject of standingOf(record, now.standing).askedBy) {
      if (!record.subjects.includes(subject)) words.get(subject)?.also.push(record)
    }
  }
  const told = touched.filter((subject) => now.held.get(subject)?.state !== 'new')
  const inHand = now.winners.map(({ record }) => record)
  for (const { subject, role, record } of await recordsOfSubjects(tx, sealer, owner, told, inHand)) {
    words.get(subject)?.[role === 'part' ? 'parts' : 'also'].push(record)
  }
  return [...words].map(([subject, gathered]) => ({ subject, ...gathered }))
}

type Gathered = { readonly parts: SourceRecord[]; readonly also: SourceRecord[] }

/** Records that were known, and facts that none of the words touched: each counts as one that is unchanged. */
function countUnchanged(words: readonly Word[], touched: readonly string[]): Pick<Kept, 'unchanged' | 'records'> {
  const read = new Set(touched)
  const left = new Set(words.flatMap(({ record }) => record.subjects).filter((subject) => !read.has(subject)))
  const same = words.filter(({ record }) => record.subjects.every((subject) => !read.has(subject)))
  return { unchanged: left.size, records: { added: 0, changed: 0, unchanged: same.length, late: 0 } }
}

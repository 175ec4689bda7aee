import { type Drift, Garbled, type Reading, type SourceRecord } from '../../contract.ts'
import { Broken, type Check, dice, expect, expectNone, expectSame, nameOf, shown } from '../check.ts'
import { type Facts, factsOf, factsShown, keyOf, same } from '../keeper.ts'
import { HOUR, type Hub, type Trial } from '../trial.ts'
import { wellRead } from './busy.ts'
import { looksLikeWord, type Mutation, mutated, otherTypes, type Path, pathText, valuesOf } from './mutations.ts'
import { expectBooksAgree, pullAll } from './shop.ts'

// Reading is pure, whole, and never guesses: a record that does not look as it should is said to, and changes no fact in
// silence.

const MUTATIONS_MAX = 2_500
const NEW_WORD = 'ZZ_NEVER_SEEN'

export const READING_CHECKS: readonly Check[] = [
  {
    name: 'reading/pure',
    says: 'reading changes nothing that it is given, and says the same again',
    needs: ['live', 'records'],
    run: async (trial) => {
      const { hub, subjects } = await readShop(trial)
      for (const subject of subjects) {
        const { own, also } = deepFrozen(hub.keeper.recordsOf(subject))
        const first = deepFrozen(readAs(hub, subject, own, also))
        expectSame(`${subject} read again`, readAs(hub, subject, own, also), first)
      }
      for (const record of hub.keeper.records()) {
        const json = deepFrozen(JSON.parse(record.body) as unknown)
        const first = trial.live.reader.recordsOf(record.kind, json)
        expectSame(`a ${record.kind} taken apart again`, trial.live.reader.recordsOf(record.kind, json), first)
      }
    },
  },
  {
    name: 'reading/any-order-of-records',
    says: 'the records of a subject are in no order',
    needs: ['live', 'records'],
    run: async (trial) => {
      const { hub, subjects } = await readShop(trial)
      const roll = dice(trial.seed)
      for (const subject of subjects) {
        const { own, also } = hub.keeper.recordsOf(subject)
        const first = readAs(hub, subject, own, also)
        for (const order of [[...own].reverse(), shuffled(own, roll), shuffled(own, roll)]) {
          expectSame(`${subject} with its records in another order`, readAs(hub, subject, order, also), first)
        }
      }
    },
  },
  {
    name: 'reading/in-part',
    says: 'a subject of which only some records are there is read all the same, and asks for the rest',
    needs: ['live', 'sales'],
    run: async (trial) => {
      const { hub, subjects } = await readShop(trial)
      for (const subject of subjects) {
        const { own } = hub.keeper.recordsOf(subject)
        const whole = factsOf([readAs(hub, subject, own, hub.keeper.recordsOf(subject).also)])
        for (const record of own) {
          const part = readAs(
            hub,
            subject,
            own.filter((one) => one !== record),
            [],
          )
          const told = factsOf([part])
          const more = [...told.refunds.keys()].filter((id) => !whole.refunds.has(id))
          expectNone(`${subject} without a ${record.kind} tells refunds that there are not`, more)
          const gone = closedIn(whole) > 0 && closedIn(told) === 0
          const asks = part.needs.length > 0 || part.settling !== null
          expect(
            !gone || own.length === 1 || asks,
            `${subject} without its ${record.kind} is no sale, and asks for nothing`,
          )
        }
      }
    },
  },
  {
    name: 'reading/own-words',
    says: 'the body of a record is JSON of its kind, and gives the same record again',
    needs: ['live', 'records'],
    run: async (trial) => {
      const { hub } = await readShop(trial)
      const { reader } = trial.live
      for (const record of hub.keeper.records()) {
        expect(reader.kinds.includes(record.kind), `the kind ${record.kind} is not among the reader’s kinds`)
        const again = reader.recordsOf(record.kind, JSON.parse(record.body))
        const itself = again.find((one) => keyOf(one) === keyOf(record))
        expectSame(`a ${record.kind} read from its own body`, itself, record)
      }
    },
  },
  {
    name: 'reading/each-fact-once',
    says: 'no two subjects tell one sale or refund in two ways',
    needs: ['live', 'sales'],
    run: async (trial) => {
      const { hub } = await readShop(trial)
      for (const situation of (['refund_partial', 'exchange'] as const).filter((one) =>
        trial.stage.situations.includes(one),
      )) {
        await hub.sell({ count: 3, situation, seed: trial.seed })
      }
      await hub.provider.advance(2 * HOUR)
      await pullAll(hub)
      expectNone('facts told in two ways', hub.facts().contradictions)
      await expectBooksAgree(hub)
    },
  },
  {
    name: 'reading/any-json',
    says: 'JSON of any other shape is garbled or holds no records',
    needs: ['live'],
    run: async ({ live }) => {
      const strange = [null, true, 7, 'text', [], {}, [null], [[]], [{}], { a: { b: [1] } }, { id: null }, { id: {} }]
      for (const kind of [...live.reader.kinds, 'zz_no_such_kind']) {
        for (const json of strange) {
          try {
            live.reader.recordsOf(kind, json)
          } catch (failure) {
            expect(failure instanceof Garbled, `${kind} of ${shown(json)} ends in ${nameOf(failure)}`)
          }
        }
      }
    },
  },
  {
    name: 'reading/articles',
    says: 'every article that a line names is in the catalogue',
    needs: ['live', 'sales', 'catalog'],
    run: async (trial) => {
      const { hub } = await readShop(trial)
      const known = new Set(hub.articles().map(({ externalId }) => externalId))
      expect(known.size > 0, 'the catalogue is empty')
      const lines = [...hub.facts().sales.values()].flatMap(({ items }) => items)
      const named = lines.flatMap(({ article }) => article.externalId ?? [])
      expect(named.length > 0, 'no line names an article')
      expectNone(
        'articles that are not in the catalogue',
        [...new Set(named)].filter((id) => !known.has(id)),
      )
    },
  },
  {
    name: 'drift/unknown-field',
    says: 'a field that is new is counted, and the record is read all the same',
    needs: ['live', 'sales'],
    run: async (trial) => {
      const { hub } = await readShop(trial)
      for (const record of onePerKind(hub)) {
        const added = { path: ['zz_new_field'], was: undefined, now: { note: 'new' } }
        const { facts, drift, before } = readMutated(hub, record, added)
        expect(facts !== null && same(facts, before), `a ${record.kind} with a new field is read differently`)
        const said = drift.some(({ what, path }) => what === 'unknown_field' && path.endsWith('zz_new_field'))
        expect(said, `a new field of a ${record.kind} is not counted`)
      }
    },
  },
  {
    name: 'drift/unknown-word',
    says: 'a word that is new changes no fact in silence',
    needs: ['live', 'sales'],
    run: async (trial) => {
      await expectNoSilence(trial, wordsAmong, (facts, { was }) =>
        JSON.parse(JSON.stringify(facts, numbers).replaceAll(NEW_WORD, String(was))),
      )
    },
  },
  {
    name: 'drift/wrong-type',
    says: 'a value of another type changes no fact in silence',
    needs: ['live', 'sales'],
    run: (trial) =>
      expectNoSilence(
        trial,
        () => otherTypes,
        (facts) => facts,
      ),
  },
]

/** A shop that has been read: its subjects have records. */
async function readShop(trial: Trial): Promise<{ hub: Hub; subjects: readonly string[] }> {
  const hub = await wellRead(trial, 14)
  const subjects = [...hub.keeper.readings.keys()]
  expect(subjects.length > 0, 'nothing was read')
  return { hub, subjects }
}

function readAs(hub: Hub, subject: string, own: readonly SourceRecord[], also: readonly SourceRecord[]): Reading {
  return hub.read(subject, own, also)
}

function closedIn({ sales }: Facts): number {
  return [...sales.values()].filter(({ status }) => status === 'closed').length
}

function onePerKind(hub: Hub): readonly SourceRecord[] {
  const records = hub.keeper.records().filter(({ subjects }) => subjects.length > 0)
  return [...new Map(records.map((record) => [record.kind, record])).values()]
}

type MutatedRead = { readonly facts: unknown; readonly drift: readonly Drift[]; readonly before: unknown }

/** What the subjects of a record say when the record is a little different. Null facts: it is garbled. */
export function readMutated(hub: Hub, record: SourceRecord, mutation: Mutation): MutatedRead {
  const before = record.subjects.map((subject) => {
    const { own, also } = hub.keeper.recordsOf(subject)
    return factsOf([readAs(hub, subject, own, also)])
  })
  let changed: readonly SourceRecord[]
  try {
    changed = hub.live.reader.recordsOf(record.kind, mutated(record, mutation))
  } catch (failure) {
    expect(failure instanceof Garbled, `${where(record, mutation)} ends in ${nameOf(failure)}`)
    return { facts: null, drift: [], before: shownAll(before) }
  }
  // A record that has got another name or other subjects is another record; this one is simply not there.
  const mine = changed.filter((one) => keyOf(one) === keyOf(record) && same(one.subjects, record.subjects))
  if (mine.length === 0) return { facts: null, drift: [], before: shownAll(before) }
  const drift: Drift[] = []
  const facts = record.subjects.map((subject) => {
    const { own, also } = hub.keeper.recordsOf(subject)
    try {
      const reading = readAs(
        hub,
        subject,
        own.map((one) => (keyOf(one) === keyOf(record) ? (mine[0] ?? one) : one)),
        also,
      )
      drift.push(...reading.drift)
      return factsOf([reading])
    } catch (failure) {
      throw new Broken(`${where(record, mutation)} ends in ${nameOf(failure)}`)
    }
  })
  return { facts: shownAll(facts), drift, before: shownAll(before) }
}

/** Members of enumerations: where one stands in a word's place and no word, as an id may look like one, none is. */
function wordsAmong(records: readonly SourceRecord[]): Replacements {
  const others = new Set<string>()
  for (const { kind, body } of records) {
    for (const { path, value } of valuesOf(JSON.parse(body))) {
      if (typeof value === 'string' && !looksLikeWord(value)) others.add(`${kind}.${pathText(path)}`)
    }
  }
  return (value, { kind }, path) => (looksLikeWord(value) && !others.has(`${kind}.${pathText(path)}`) ? [NEW_WORD] : [])
}

type Replacements = (value: unknown, record: SourceRecord, path: Path) => readonly unknown[]

async function expectNoSilence(
  trial: Trial,
  replacementsAmong: (records: readonly SourceRecord[]) => Replacements,
  undone: (facts: unknown, mutation: Mutation) => unknown,
): Promise<void> {
  const { hub } = await readShop(trial)
  const silent = new Set<string>()
  let looked = 0
  const records = hub.keeper.records().filter(({ subjects }) => subjects.length > 0)
  const replacements = replacementsAmong(records)
  for (const record of records) {
    for (const { path, value } of valuesOf(JSON.parse(record.body))) {
      for (const now of replacements(value, record, path)) {
        if (looked++ > MUTATIONS_MAX) break
        const mutation = { path, was: value, now }
        const { facts, drift, before } = readMutated(hub, record, mutation)
        if (facts === null || drift.length > 0) continue
        const [a, b] = [undone(plain(facts), mutation), plain(before)]
        if (!same(a, b)) silent.add(`${record.kind}.${pathText(path)} as ${shown(now)}`)
      }
    }
  }
  expect(looked > 0, 'there is nothing that could be changed')
  expectNone('facts change in silence', [...silent])
}

function where({ kind }: SourceRecord, { path, now }: Mutation): string {
  return `${kind}.${pathText(path)} as ${shown(now)}`
}

function shownAll(facts: readonly Parameters<typeof factsShown>[0][]): unknown {
  return facts.map(factsShown)
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, numbers))
}

function numbers(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value
}

function shuffled<T>(items: readonly T[], roll: (below: number) => number): readonly T[] {
  const left = [...items]
  return Array.from({ length: items.length }, () => left.splice(roll(left.length), 1)[0] as T)
}

function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) deepFrozen(part)
  return Object.freeze(value)
}

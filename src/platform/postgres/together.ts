import { CompiledQuery, type RawBuilder } from 'kysely'
import { executeInTurn, type Statement } from './bulk.ts'
import type { Tx } from './database.ts'

// Several writes in one statement. Each statement by itself costs a round trip, a start and an end in the server, which is
// more than a few rows cost; so what a transaction writes to different tables at the same point travels together, every
// write as a part of one `with`. All parts see the tables as they were before: two that touch the same rows must not be
// in one call.

/** What a template would send, not yet sent. */
export function statementOf(tx: Tx, template: RawBuilder<unknown>): Statement {
  const { sql: text, parameters } = template.compile(tx)
  return { text, values: parameters }
}

/**
 * One statement that does the work of all, in the order given; null when there is none. None of them may begin with a
 * `with` of its own that writes: PostgreSQL takes that at the top alone.
 */
export function together(statements: readonly (Statement | null)[]): Statement | null {
  const present = statements.filter((statement) => statement !== null)
  const [only] = present
  if (only === undefined || present.length === 1) return only ?? null
  const values: unknown[] = []
  const parts = present.map((statement, index) => {
    const text = `w${index} as (${shifted(statement.text, values.length)})`
    for (const value of statement.values) values.push(value)
    return text
  })
  // What nobody reads from is carried out at the end, the last part first (as of PostgreSQL 18; no promise of its
  // manual). Locks are taken in the order given while that holds, and a deadlock is tried anew if it ever does not.
  return { text: `with ${parts.reverse().join(', ')} select`, values }
}

/**
 * Writes that wait, so that they travel together with what is written next. No two that wait may touch the same rows,
 * and nobody sees what they write before they are flushed.
 */
export type Writer = {
  /** Takes on statements that write so many rows in all. Many rows are written at once. */
  write(rows: number, makers: readonly (() => Statement | null)[]): Promise<void>
  /** Sends what waits: before somebody looks at it, and at the end. */
  flush(): Promise<void>
}

export function openWriter(tx: Tx): Writer {
  let waiting: (Statement | null)[] = []
  let rowsWaiting = 0

  async function flush(): Promise<void> {
    const statements = waiting
    waiting = []
    rowsWaiting = 0
    await executeTogether(tx, statements)
  }

  return {
    async write(rows, makers) {
      if (rowsWaiting + rows > TOGETHER_ROWS_MAX) await flush()
      // Writing many rows out costs more than the round trips, and is done while the database works.
      if (rows > TOGETHER_ROWS_MAX) return executeInTurn(tx, makers)
      waiting.push(...makers.map((make) => make()))
      rowsWaiting += rows
    },
    flush,
  }
}

/** Carries out statements that write so many rows in all, at once. */
export async function executeWrites(tx: Tx, rows: number, makers: readonly (() => Statement | null)[]): Promise<void> {
  const writer = openWriter(tx)
  await writer.write(rows, makers)
  await writer.flush()
}

const TOGETHER_ROWS_MAX = 1_000

/** Sends the writes as one statement. */
export async function executeTogether(tx: Tx, statements: readonly (Statement | null)[]): Promise<void> {
  const statement = together(statements)
  if (statement !== null) await tx.executeQuery(CompiledQuery.raw(statement.text, [...statement.values]))
}

/**
 * Sends one statement and, with it, what follows from it; answers what it returns. What is beside it may read that too,
 * as the table `answered`, and sees everything else as it was before.
 */
export async function executeBeside<Answer>(
  tx: Tx,
  answering: Statement,
  beside: readonly (Statement | null)[],
): Promise<Answer[]> {
  const { text, values } = besideEachOther(answering, beside)
  return (await tx.executeQuery<Answer>(CompiledQuery.raw(text, values))).rows
}

function besideEachOther(answering: Statement, beside: readonly (Statement | null)[]) {
  const values: unknown[] = [...answering.values]
  const parts: string[] = []
  for (const statement of beside) {
    if (statement === null) continue
    parts.push(`w${parts.length} as (${shifted(statement.text, values.length)})`)
    for (const value of statement.values) values.push(value)
  }
  const text =
    parts.length === 0
      ? answering.text
      : `with answered as (${answering.text}), ${parts.reverse().join(', ')} select * from answered`
  return { text, values }
}

// The texts are few and come again and again; a program's own parameters are all that a `$` ever means in them.
const shiftedTexts = new Map<string, Map<number, string>>()
const SHIFTED_MAX = 500

function shifted(text: string, by: number): string {
  if (by === 0) return text
  let byShift = shiftedTexts.get(text)
  if (byShift === undefined) {
    if (shiftedTexts.size >= SHIFTED_MAX) shiftedTexts.clear()
    byShift = new Map()
    shiftedTexts.set(text, byShift)
  }
  let moved = byShift.get(by)
  if (moved === undefined) {
    moved = text.replace(/\$(\d+)/g, (_, place: string) => `$${Number(place) + by}`)
    byShift.set(by, moved)
  }
  return moved
}

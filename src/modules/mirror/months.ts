import { sql } from 'kysely'
import type pg from 'pg'
import { addDays, type Instant, instantText, type LocalDate, localDate } from '#kernel/instant.ts'
import { clientOf, type Database, type Tx } from '#platform/postgres/database.ts'

// The tables are kept in parts of a month. A part is made when something is filed in its month for the first time, and
// stays; so a connection that has once found all parts of a month need not look again.

/** Months that a connection to the database has found made and committed. */
const found = new WeakMap<pg.PoolClient, Set<string>>()

/** Makes the months that days lie in: a day that a typing error put a lifetime away makes its own and no more. */
export async function ensureMonthsOf(tx: Tx, days: Iterable<LocalDate>): Promise<void> {
  const known = knownTo(tx)
  const wanted = new Map<string, LocalDate>()
  for (const day of days) if (!known.has(day.slice(0, 7))) wanted.set(day.slice(0, 7), day)
  for (const [month, day] of [...wanted].sort(([a], [b]) => (a < b ? -1 : 1))) {
    // What was made just now is gone again if the transaction fails, and is looked for once more by the next one.
    if ((await ensureMonths(tx, day, day)) > 0) madeIn(tx).add(month)
    else if (!madeIn(tx).has(month)) known.add(month)
  }
}

/** Makes the months of the near future, so that no sale has to wait for its month to be made. */
export async function prepareMonths(database: Database, now: Instant): Promise<void> {
  const today = localDate(instantText(now).slice(0, 10))
  await database.system((tx) => ensureMonths(tx, addDays(today, -1), addDays(today, 45)))
}

/** Answers how many parts had to be made. */
async function ensureMonths(tx: Tx, first: LocalDate, last: LocalDate): Promise<number> {
  const { rows } = await sql<{ made: number }>`
    select pos.ensure_months(${first}::date, ${last}::date) as made`.execute(tx)
  return rows[0]?.made ?? 0
}

function knownTo(tx: Tx): Set<string> {
  const client = clientOf(tx)
  const known = found.get(client) ?? new Set()
  found.set(client, known)
  return known
}

const made = new WeakMap<Tx, Set<string>>()

function madeIn(tx: Tx): Set<string> {
  const months = made.get(tx) ?? new Set()
  made.set(tx, months)
  return months
}

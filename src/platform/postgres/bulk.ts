import { setImmediate as nextTurn } from 'node:timers/promises'
import { CompiledQuery } from 'kysely'
import { clientOf, type Tx } from './database.ts'

// Many rows in one statement: each column travels as one array and `unnest` puts the rows together again. It is as
// typed as a single insert, needs no staging table, and works under row-level security, where COPY is refused.

export type CellValue = string | number | bigint | boolean | Uint8Array | null

export type Column<Row> = {
  readonly name: string
  /** PostgreSQL's type of one cell: `uuid`, `text`, `bigint`, `jsonb`… Arrays travel as text: type `text`, cast `integer[]`. */
  readonly type: string
  readonly cast?: string
  readonly of: (row: Row) => CellValue
}

/** A column that is the same in every row. */
export type Constant = { readonly name: string; readonly type: string; readonly value: CellValue }

export type BulkInsert<Row> = {
  /** Table with its schema; a constant of the program, never input. */
  readonly into: string
  readonly constants?: readonly Constant[]
  readonly columns: readonly Column<Row>[]
  /** What follows the rows, such as `on conflict … do nothing returning sale_id`. */
  readonly suffix?: string
}

export type Statement = { readonly text: string; readonly values: readonly unknown[] }

/** Inserts the rows in the order given and answers what `returning` returns. No rows, no statement. */
export async function insertRows<Row, Answer = never>(
  tx: Tx,
  rows: readonly Row[],
  plan: BulkInsert<Row>,
): Promise<Answer[]> {
  const statement = insertStatement(rows, plan)
  return statement === null ? [] : execute<Answer>(tx, statement)
}

/** The statement that `insertRows` would send; null without rows. */
export function insertStatement<Row>(rows: readonly Row[], plan: BulkInsert<Row>): Statement | null {
  if (rows.length === 0) return null
  const constants = plan.constants ?? []
  const values: unknown[] = constants.map((constant) => parameterOf(constant.value))
  const arrays: string[] = []
  const place = (value: unknown) => `$${values.push(value)}`
  /** Gives one more array to `unnest` and answers what its cell is called. */
  const cellOf = (array: string, type: string) => `r.c${arrays.push(`${place(array)}::${type}[]`) - 1}`
  const cells = plan.columns.map((column) => {
    if (column.type === 'bytea') {
      const { all, starts, lengths } = inOnePiece(rows, column.of)
      return `substring(${place(all)}::bytea from ${cellOf(starts, 'integer')} for ${cellOf(lengths, 'integer')})`
    }
    const cell = cellOf(arrayLiteral(rows, column.of, !PLAIN_TYPES.has(column.type)), column.type)
    return column.cast === undefined ? cell : `${cell}::${column.cast}`
  })
  const names = [...constants, ...plan.columns].map((column) => column.name)
  const fixed = constants.map((constant, index) => `$${index + 1}::${constant.type}`)
  const aliases = arrays.map((_, index) => `c${index}`)
  const text =
    `insert into ${plan.into} as t (${names.join(', ')}) select ${[...fixed, ...cells].join(', ')} ` +
    `from unnest(${arrays.join(', ')}) as r(${aliases.join(', ')}) ${plan.suffix ?? ''}`
  return { text, values }
}

/** Bytes travel as one value and are cut apart by the server: written out one by one they would be twice as long. */
function inOnePiece<Row>(rows: readonly Row[], of: (row: Row) => CellValue) {
  const pieces: Uint8Array[] = []
  const starts: number[] = []
  const lengths: (number | null)[] = []
  let start = 1
  for (const row of rows) {
    const value = of(row)
    if (value !== null && !(value instanceof Uint8Array)) throw new Error('a cell of bytes holds something else')
    starts.push(start)
    lengths.push(value === null ? null : value.length)
    if (value === null) continue
    pieces.push(value)
    start += value.length
  }
  return { all: Buffer.concat(pieces), starts: arrayOf(starts), lengths: arrayOf(lengths) }
}

/**
 * Statements one after the other, each put into words while the database works on the one before: writing out thousands
 * of rows costs about as much as storing them, and the two have a core each.
 */
export async function executeInTurn(tx: Tx, makers: readonly (() => Statement | null)[]): Promise<void> {
  let running: Promise<unknown> = Promise.resolve()
  for (const make of makers) {
    const statement = make()
    await running
    if (statement === null) continue
    running = execute(tx, statement)
    // Heard at the next turn; until then a failure must not count as one that nobody hears.
    running.catch(() => undefined)
    await sent(tx)
  }
  await running
}

/**
 * Answers when the statement has left this process. A megabyte goes in many pieces, one a turn of the event loop; writing
 * out the next statement before the last piece is gone would keep the database waiting for it.
 */
async function sent(tx: Tx): Promise<void> {
  const { stream } = (clientOf(tx) as unknown as { connection: { stream: { writableLength: number } } }).connection
  do await nextTurn()
  while (stream.writableLength > 0)
}

async function execute<Answer>(tx: Tx, statement: Statement): Promise<Answer[]> {
  return (await tx.executeQuery<Answer>(CompiledQuery.raw(statement.text, [...statement.values]))).rows
}

/** An array parameter for `any($1::uuid[])` and the like. */
export function arrayOf(values: readonly CellValue[]): string {
  return arrayLiteral(values, (value) => value, true)
}

// Values of these types never hold anything that means something inside an array literal.
const PLAIN_TYPES = new Set(['uuid', 'date', 'bigint', 'integer', 'smallint', 'numeric', 'boolean', 'timestamptz'])

function arrayLiteral<Row>(rows: readonly Row[], of: (row: Row) => CellValue, mayNeedQuotes: boolean): string {
  let text = '{'
  for (let i = 0; i < rows.length; i++) {
    const value = of(rows[i] as Row)
    if (i > 0) text += ','
    if (value === null) text += 'NULL'
    else text += mayNeedQuotes ? element(value) : value
  }
  return `${text}}`
}

// Everything that could mean something inside an array literal makes the element a quoted one.
const NEEDS_QUOTES = /[\s{}",\\]|^$|^null$/i
const ESCAPED = /["\\]/g

function element(value: string | number | bigint | boolean | Uint8Array): string {
  if (typeof value === 'string') return NEEDS_QUOTES.test(value) ? `"${value.replace(ESCAPED, '\\$&')}"` : value
  if (value instanceof Uint8Array) return `"\\\\x${hex(value)}"`
  return String(value)
}

function parameterOf(value: CellValue): unknown {
  return value instanceof Uint8Array ? Buffer.from(value) : typeof value === 'bigint' ? value.toString() : value
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

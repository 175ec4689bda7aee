import { CompiledQuery } from 'kysely'
import type { Tx } from './database.ts'

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

/** Inserts the rows in the order given and answers what `returning` returns. No rows, no statement. */
export async function insertRows<Row, Answer = never>(
  tx: Tx,
  rows: readonly Row[],
  plan: BulkInsert<Row>,
): Promise<Answer[]> {
  if (rows.length === 0) return []
  const constants = plan.constants ?? []
  const names = [...constants, ...plan.columns].map((column) => column.name)
  const fixed = constants.map((constant, index) => `$${index + 1}::${constant.type}`)
  const cells = plan.columns.map((column, index) => {
    const cast = column.cast === undefined ? '' : `::${column.cast}`
    return `r.c${index}${cast}`
  })
  const arrays = plan.columns.map((column, index) => `$${constants.length + index + 1}::${column.type}[]`)
  const aliases = plan.columns.map((_, index) => `c${index}`)
  const text =
    `insert into ${plan.into} as t (${names.join(', ')}) select ${[...fixed, ...cells].join(', ')} ` +
    `from unnest(${arrays.join(', ')}) as r(${aliases.join(', ')}) ${plan.suffix ?? ''}`
  const values = [
    ...constants.map((constant) => parameterOf(constant.value)),
    ...plan.columns.map((column) => arrayLiteral(rows, column.of)),
  ]
  const result = await tx.executeQuery<Answer>(CompiledQuery.raw(text, values))
  return result.rows
}

/** An array parameter for `any($1::uuid[])` and the like. */
export function arrayOf(values: readonly CellValue[]): string {
  return arrayLiteral(values, (value) => value)
}

function arrayLiteral<Row>(rows: readonly Row[], of: (row: Row) => CellValue): string {
  let text = '{'
  for (let i = 0; i < rows.length; i++) {
    if (i > 0) text += ','
    text += element(of(rows[i] as Row))
  }
  return `${text}}`
}

// Everything that could mean something inside an array literal makes the element a quoted one.
const NEEDS_QUOTES = /[\s{}",\\]|^$|^null$/i
const ESCAPED = /["\\]/g

function element(value: CellValue): string {
  if (value === null) return 'NULL'
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

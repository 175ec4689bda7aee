import pg from 'pg'
import { type Decimal, decimal } from '#kernel/decimal.ts'
import { type Instant, instant } from '#kernel/instant.ts'

// How PostgreSQL's values become ours: bigint is exact, numeric is an exact decimal, a day stays a day, a moment is an
// instant. The driver's own choice (text, a Date at local midnight) would lose one or the other.

const parsers = new Map<number, (text: string) => unknown>([
  [20, (text) => BigInt(text)], // int8
  [1082, (text) => text], // date
  [1114, (text) => instant(Date.parse(`${text.replace(' ', 'T')}Z`))], // timestamp
  [1184, readTimestamp], // timestamptz
  [1700, (text): Decimal => decimal(text)], // numeric
])

export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && parsers.get(oid)) ||
    pg.types.getTypeParser(oid, format as 'text')) as pg.CustomTypesConfig['getTypeParser'],
}

function readTimestamp(text: string): Instant {
  // Sessions run in UTC, so the text ends in +00; microseconds are cut to milliseconds.
  return instant(Math.floor(Date.parse(text.replace(' ', 'T').replace(/\+00$/, 'Z'))))
}

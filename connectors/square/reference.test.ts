import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { EVENT_TYPES } from './events.ts'
import type { Compiled } from './shape.ts'
import { ORDER, PAYMENT, REFUND } from './wire.ts'

// The page that says how each money field becomes ours names exactly the money fields that are read.

const PAGE = readFileSync(new URL('../../docs/reference/square.md', import.meta.url), 'utf8')

/** Names in the first column of the tables below a heading, or of the whole page. */
function named(pattern: RegExp): readonly string[] {
  return PAGE.split('\n')
    .flatMap((line) => /^\| `([^`]+)` \|/.exec(line)?.[1] ?? [])
    .filter((name) => pattern.test(name))
}

function moneyOf({ fields }: Compiled, path: string): readonly string[] {
  return [...fields].flatMap(([name, field]) => {
    if (field === 'money') return [`${path}.${name}`]
    if (typeof field === 'string' || 'words' in field) return []
    return 'one' in field ? moneyOf(field.one, `${path}.${name}`) : moneyOf(field.many, `${path}.${name}[]`)
  })
}

test('every money field that is read stands on the page once, and no other', () => {
  const read = [...moneyOf(ORDER, 'order'), ...moneyOf(PAYMENT, 'payment'), ...moneyOf(REFUND, 'refund')]
  expect(named(/^(?:order|payment|refund)\..*money$/).toSorted()).toEqual(read.toSorted())
})

test('every event that is read stands on the page once, and no other', () => {
  const events = named(/^[a-z]+(?:\.[a-z]+)+$/).filter((name) => !name.endsWith('money'))
  expect(events.toSorted()).toEqual(EVENT_TYPES.toSorted())
})

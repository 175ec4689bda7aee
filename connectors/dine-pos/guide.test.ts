import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PROFILE_MAPS } from './profiles.ts'
import { FIELDS } from './settings.ts'
import { progressOf } from './statuses.ts'

// What the guide says can be set up is what can be.

const GUIDE = readFileSync(new URL('../../docs/guides/connecting-dine-pos.md', import.meta.url), 'utf8')

/** Names in code in the first column of the table below a heading. */
function rowsBelow(heading: string): readonly string[][] {
  const section = GUIDE.split(/^## /m).find((part) => part.startsWith(heading)) ?? ''
  const rows = section.split('\n').filter((line) => /^\| [`\d−]/.test(line))
  return rows.map((row) => row.split('|')[1]?.match(/[a-z_]+(?: [a-z]+)?|−?\d+/g) ?? [])
}

test('every field that is typed in stands in the guide, and no other', () => {
  expect(rowsBelow('What to type in').flat().toSorted()).toEqual(FIELDS.map(({ name }) => name).toSorted())
})

test('every entry of a field map stands in the guide, and no other', () => {
  expect(rowsBelow('The field map').flat().toSorted()).toEqual(Object.keys(PROFILE_MAPS.default).toSorted())
})

test('every status that the guide names is known', () => {
  const words = rowsBelow('Callbacks').flat()
  expect(words).toContain('food ready')
  expect(words.filter((word) => progressOf(word.replace('−', '-')) === null)).toEqual([])
})

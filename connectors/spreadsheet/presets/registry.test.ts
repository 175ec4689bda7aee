import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { ColumnRole } from '../../contract-files.ts'
import { plainWords } from '../header.ts'
import { matchPreset } from './matching.ts'
import type { Preset } from './preset.ts'
import { PRESETS, presetOf } from './registry.ts'

// What holds for every known export, however it is written down.

const GUIDE = new URL('../../../docs/guides/files.md', import.meta.url)
const GRAINS = { item: 'an item', sale: 'a sale', payment: 'a payment', mixed: 'one of these, by turns' } as const

function rolesOf(preset: Preset): readonly ColumnRole[] {
  return Object.values(preset.columns).map((column) => (typeof column === 'string' ? column : column.role))
}

test('the guide lists every known export as it is', () => {
  const rows = PRESETS.map(({ name, family, grain, refuse }) => {
    const what = refuse === undefined ? GRAINS[grain] : 'no sales: refused, with the export to give instead'
    return `| ${name} | \`${family}\` | ${what} |`
  })
  const table = ['<!-- presets -->', '| Export | Family | A row is |', '|---|---|---|', ...rows, '<!-- /presets -->']
  expect(readFileSync(GUIDE, 'utf8')).toContain(table.join('\n'))
})

test('each has a name of its own and is found by it', () => {
  expect(new Set(PRESETS.map(({ id }) => id)).size).toBe(PRESETS.length)
  expect(new Set(PRESETS.map(({ name }) => name)).size).toBe(PRESETS.length)
  for (const preset of PRESETS) expect(presetOf(preset.id)).toBe(preset)
  expect(presetOf('never-heard-of')).toBeNull()
})

test.each(PRESETS.map((preset) => [preset.id, preset] as const))('%s is told from all the others', (_, preset) => {
  expect(matchPreset(preset.needs, PRESETS)).toBe(preset)
  expect(preset.needs.length).toBeGreaterThanOrEqual(4)
  expect(preset.needs.every((header) => plainWords(header) !== '')).toBe(true)
})

test.each(PRESETS.filter(({ refuse }) => refuse === undefined).map((preset) => [preset.id, preset] as const))(
  '%s has what a sale needs, and no heading that its words make another',
  (_, preset) => {
    const roles = rolesOf(preset)
    expect(roles.some((role) => role === 'date' || role === 'date_time')).toBe(true)
    expect(roles.some((role) => ['total', 'gross', 'net', 'unit_price', 'tender_amount'].includes(role))).toBe(true)
    const words = Object.keys(preset.columns).map(plainWords)
    expect(new Set(words).size).toBe(words.length)
  },
)

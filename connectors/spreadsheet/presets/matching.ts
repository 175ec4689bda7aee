import { heading, isOurs, plainWords } from '../header.ts'
import type { Preset, PresetColumn } from './preset.ts'

// Which known export a table is, by its headings alone. What a heading has in brackets, and a rate, may differ from one
// export to the next, so a heading goes by several names.

/** Of the exports whose headings are all there, the one that asks for most; null when there is none. */
export function matchPreset(headers: readonly string[], presets: readonly Preset[]): Preset | null {
  const names = new Set(headers.filter((header) => !isOurs(header)).flatMap(namesOf))
  const has = (header: string): boolean => names.has(plainWords(header))
  let best: Preset | null = null
  for (const preset of presets) {
    if (preset.needs.length <= (best?.needs.length ?? 0)) continue
    if (preset.needs.every(has) && !(preset.lacks ?? []).some(has)) best = preset
  }
  return best
}

export type KnownColumn = { readonly role: Exclude<PresetColumn, object>; readonly detail: string | null }

/** What a preset says of each column, in their order; null for a heading that it does not name. */
export function knownColumns(preset: Preset, headers: readonly string[]): readonly (KnownColumn | null)[] {
  const byName = new Map(Object.entries(preset.columns).map(([header, column]) => [plainWords(header), column]))
  return headers.map((header) => {
    if (isOurs(header)) return null
    const name = namesOf(header).find((one) => byName.has(one))
    const column = name === undefined ? undefined : byName.get(name)
    if (column === undefined) return null
    return typeof column === 'string' ? { role: column, detail: null } : column
  })
}

/** `Moms (25.0%)` is `moms 25 0%`, and also just `moms`. The fullest name comes first. */
function namesOf(header: string): readonly string[] {
  const bare = heading(header).words
  const rateless = bare
    .replace(/\b\d{1,2}(?: \d{1,3})?\s*%/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return [...new Set([plainWords(header), bare, rateless])].filter((name) => name !== '')
}

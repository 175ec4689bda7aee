import type { ColumnMapping, ColumnRole, FileChoices, FileNote } from '../contract-files.ts'
import { choiceFault } from './choice-fault.ts'
import { cannotBe, fittedRole } from './column-fit.ts'
import { type ColumnLook, guessRoles, rateOf, SHARED_ROLES } from './columns.ts'
import type { ColumnEvidence } from './evidence.ts'
import { fileNote } from './faults.ts'
import { columnKeys, heading, isOurs, plainWords } from './header.ts'
import { knownColumns } from './presets/matching.ts'
import type { Preset } from './presets/preset.ts'
import { tenderOf } from './words.ts'

// What each column is, and who says so: a person before a preset, a preset before a guess. What a person said stands as it
// is, or is refused with a reason; it is never bent.

export type Mapping = { readonly columns: readonly ColumnMapping[]; readonly notes: readonly FileNote[] }

type Part = Pick<ColumnMapping, 'role' | 'detail' | 'confidence' | 'from' | 'because'>
type Parts = Map<number, Part>

const EXAMPLES_MAX = 3
/** Roles of several columns where a person or a preset says so. A second discount is never guessed: it may be the first. */
const JOINT_ROLES: ReadonlySet<ColumnRole> = new Set([...SHARED_ROLES, 'discount'])

export function mapColumns(
  looks: readonly ColumnLook[],
  preset: Preset | null,
  chosen: FileChoices['columns'],
): Mapping {
  const parts: Parts = new Map()
  const notes: FileNote[] = []
  looks.forEach(({ header }, index) => {
    if (isOurs(header)) parts.set(index, ignored('heading', 'It was added to a list of refused rows.'))
  })
  if (preset !== null) notes.push(...presetParts(looks, preset, parts))
  guessedParts(looks, parts)
  personParts(looks, chosen ?? {}, parts)
  settleConflicts(looks, parts)
  const columns = looks.map(({ header, evidence }, index) => ({
    index,
    header,
    ...(parts.get(index) ?? ignored('heading', 'Nothing about it is known.', 0.3)),
    examples: evidence.examples.filter((cell) => cell.trim() !== header).slice(0, EXAMPLES_MAX),
  }))
  return { columns, notes }
}

function ignored(from: Part['from'], because: string, confidence = 1): Part {
  return { role: 'ignore', detail: null, confidence, from, because }
}

/** A column whose cells plainly are something else is left to be guessed, with a word about it. */
function presetParts(looks: readonly ColumnLook[], preset: Preset, parts: Parts): readonly FileNote[] {
  const notes: FileNote[] = []
  const held = new Set<ColumnRole>()
  knownColumns(
    preset,
    looks.map(({ header }) => header),
  ).forEach((known, index) => {
    const look = looks[index]
    if (!look || parts.has(index)) return
    if (known === null) {
      parts.set(index, ignored('preset', `"${preset.name}" needs nothing of it.`))
      return
    }
    if (cannotBe(known.role, look.evidence)) {
      notes.push(
        fileNote(
          'preset_column_odd',
          'warning',
          `The headings are those of "${preset.name}", but the cells of "${look.header}" are not ${wordsOf(known.role)}. That column was judged by its cells.`,
        ),
      )
      return
    }
    const role = fittedRole(known.role, look.evidence)
    if (held.has(role) && !JOINT_ROLES.has(role)) {
      parts.set(index, ignored('preset', 'Another column holds the same.'))
      return
    }
    held.add(known.role).add(role)
    const because = `"${preset.name}" has it as ${wordsOf(role)}.`
    parts.set(index, { role, detail: known.detail ?? detailOf(role, look), confidence: 1, from: 'preset', because })
  })
  return notes
}

function guessedParts(looks: readonly ColumnLook[], parts: Parts): void {
  const fixed = new Map([...parts].map(([index, part]) => [index, part.role]))
  for (const [index, { role, score, from, because }] of guessRoles(looks, fixed)) {
    const look = looks[index]
    if (!look) continue
    parts.set(index, { role, detail: detailOf(role, look), confidence: Math.round(score * 100) / 100, from, because })
  }
}

/** The rate in a tax column's heading, in percent; the tender that a column of amounts is headed by. */
function detailOf(role: ColumnRole, { header }: ColumnLook): string | null {
  if (role === 'tax') return rateOf(heading(header))
  if (role !== 'tender_amount') return null
  const tender = tenderOf(header)
  return tender === 'other' || tender === 'unknown' ? header : tender
}

function personParts(looks: readonly ColumnLook[], chosen: NonNullable<FileChoices['columns']>, parts: Parts): void {
  const holders = new Map<ColumnRole, string>()
  for (const [index, role] of chosenPlaces(looks, chosen)) {
    const look = looks[index]
    if (!look) continue
    refuseUnusable(look, role)
    const other = holders.get(role)
    if (other !== undefined && !JOINT_ROLES.has(role)) {
      throw choiceFault(
        `"${other}" and "${look.header}" were both chosen as ${wordsOf(role)}. Only one column can be that: choose "ignore" for the other.`,
      )
    }
    holders.set(role, look.header)
    const because = 'A person said so.'
    parts.set(index, { role, detail: detailOf(role, look), confidence: 1, from: 'person', because })
  }
  for (const [index, part] of parts) {
    const holder = holders.get(part.role)
    if (part.from === 'person' || holder === undefined || SHARED_ROLES.has(part.role)) continue
    parts.set(index, ignored(part.from, `"${holder}" was chosen for this.`))
  }
}

/** By the exact heading, or else by its words alone where they name one column. Unknown headings are passed over. */
function chosenPlaces(
  looks: readonly ColumnLook[],
  chosen: NonNullable<FileChoices['columns']>,
): ReadonlyMap<number, ColumnRole> {
  const headers = looks.map(({ header }) => header)
  const keys = columnKeys(headers)
  const words = headers.map(plainWords)
  const places = new Map<number, ColumnRole>()
  for (const [key, role] of Object.entries(chosen)) {
    const exact = keys.indexOf(key)
    const like = exact >= 0 ? [exact] : keysLike(key, words)
    const [index] = like
    if (index !== undefined && like.length === 1) places.set(index, role)
  }
  return places
}

function keysLike(key: string, words: readonly string[]): readonly number[] {
  const wanted = plainWords(key)
  return wanted === '' ? [] : words.flatMap((one, index) => (one === wanted ? [index] : []))
}

function refuseUnusable({ header, evidence }: ColumnLook, role: ColumnRole): void {
  const name = header === '' ? 'The column without a heading' : `"${header}"`
  if (role === 'sale_id' && evidence.filled === 0) {
    throw choiceFault(`${name} was chosen as ${wordsOf(role)}, but it is empty. Choose a column that is filled.`)
  }
  if (!cannotBe(role, evidence) && !(role === 'time' && evidence.share('date_time') > 0.5)) return
  const instead =
    role === 'time' && evidence.share('date_time') > 0.5
      ? 'Choose "date and time" for it'
      : 'Choose another column for that, or "ignore" for this one'
  throw choiceFault(`${name} was chosen as ${wordsOf(role)}, but most of its cells are something else. ${instead}.`)
}

function wordsOf(role: ColumnRole): string {
  return role === 'date_time' ? 'date and time' : role.replaceAll('_', ' ')
}

/** Roles that rule each other out. What a person said is never taken back. */
function settleConflicts(looks: readonly ColumnLook[], parts: Parts): void {
  const holder = (role: ColumnRole): number => [...parts].find(([, part]) => part.role === role)?.[0] ?? -1
  const byPerson = (index: number): boolean => parts.get(index)?.from === 'person'
  const drop = (index: number, because: string): void => {
    const part = parts.get(index)
    if (part && part.from !== 'person') parts.set(index, ignored(part.from, because, 0.9))
  }
  const rename = (index: number, role: ColumnRole): void => {
    const part = parts.get(index)
    if (part && part.from !== 'person') parts.set(index, { ...part, role })
  }
  settleMoments(looks, { holder, byPerson, drop, rename })
  if (holder('sale_number') >= 0 && holder('sale_id') < 0) rename(holder('sale_number'), 'sale_id')
  const item = parts.get(holder('item'))
  if (item && (item.from === 'heading' || item.from === 'cells') && describesWholeSales(looks, item, holder)) {
    drop(holder('item'), 'It describes the whole sale, one row each.')
  }
}

type Hands = {
  readonly holder: (role: ColumnRole) => number
  readonly byPerson: (index: number) => boolean
  readonly drop: (index: number, because: string) => void
  readonly rename: (index: number, role: ColumnRole) => void
}

/** The moment of a sale stands in one column, or in one for the day and one for the time. */
function settleMoments(looks: readonly ColumnLook[], { holder, byPerson, drop, rename }: Hands): void {
  const [both, date, time] = [holder('date_time'), holder('date'), holder('time')]
  if (both < 0) return
  if (date >= 0 && byPerson(date) && !byPerson(both)) {
    drop(both, 'Another column was chosen for the date.')
    return
  }
  const timed = (looks[both]?.evidence.share('date_time') ?? 0) >= 0.5
  if (!timed && time >= 0) {
    drop(date, 'Another column holds the same day.')
    rename(both, 'date')
    return
  }
  drop(date, 'Another column holds the same day with its time.')
  drop(time, 'Another column holds the time with its day.')
}

/** "2 x Tea, 1 x Cake" beside a total and a way of paying describes a sale; it is no article. */
function describesWholeSales(looks: readonly ColumnLook[], item: Part, holder: (role: ColumnRole) => number): boolean {
  const id = holder('sale_id')
  if (id < 0 || holder('quantity') >= 0 || holder('unit_price') >= 0 || item.confidence >= 0.9) return false
  const oneRowPerSale = (looks[id]?.evidence.distinctShare ?? 0) > 0.99
  return oneRowPerSale && (holder('tender') >= 0 || item.confidence < 0.5)
}

/** The evidence of the columns that play a part, for what is judged over all of them. */
export function evidenceOf(
  columns: readonly ColumnMapping[],
  evidence: readonly ColumnEvidence[],
  roles: ReadonlySet<ColumnRole>,
): readonly ColumnEvidence[] {
  return columns.flatMap(({ role, index }) => {
    const found = evidence[index]
    return roles.has(role) && found ? [found] : []
  })
}

import { isNegative } from '#kernel/decimal.ts'
import type { Minor } from '#kernel/money.ts'
import type {
  AmountLevel,
  AmountRole,
  ColumnMapping,
  FileChoices,
  FileDetection,
  FileGrain,
} from '../contract-files.ts'
import { DAY_MS } from './dates.ts'
import { plainWords } from './header.ts'
import type { Line } from './line.ts'
import { amountOf, combined, type Plan } from './plan.ts'
import type { Preset } from './presets/preset.ts'
import type { Row } from './records.ts'
import { RowReader } from './row-reader.ts'
import { LINE_WORDS, SALE_WORDS } from './synonyms.ts'

// How the amounts of a file hang together: which column speaks of a line and which of the whole sale, and whether tax
// is inside the prices. Both are read off the first rows, because no heading says so reliably.

export const AMOUNT_ROLES: readonly AmountRole[] = ['gross', 'discount', 'tax', 'net', 'total', 'tip', 'service_charge']

type Levels = Readonly<Record<AmountRole, AmountLevel>>

export type Relations = Pick<FileDetection, 'levels' | 'tax' | 'tipInTotal' | 'netTrusted'> & {
  /** Roles of which neither amounts nor headings say whether they speak of a line or of the sale. */
  readonly levelsAssumed: readonly AmountRole[]
  /** Whether an identity, a preset or a person told so, or it is an assumption. */
  readonly taxProven: boolean
}

/** What holds before anything was looked at. */
export const UNRELATED: Pick<Relations, 'levels' | 'tax' | 'tipInTotal' | 'netTrusted'> = {
  levels: everywhere('line'),
  tax: 'included',
  tipInTotal: true,
  netTrusted: false,
}

/** `draft` reads the rows; its levels and its tax are not looked at. */
export function relate(
  draft: Plan,
  rows: readonly Row[],
  preset: Preset | null,
  choices: Pick<FileChoices, 'levels' | 'tax'>,
): Relations {
  const reader = new RowReader(draft)
  const groups = groupsOf(rows, reader, draft.grain)
  const judged = AMOUNT_ROLES.map((role) => {
    const stated = choices.levels?.[role] ?? presetLevel(preset, role)
    return [role, stated ? settled(stated) : levelOf(role, draft, groups, reader)] as const
  })
  const levels = Object.fromEntries(judged.map(([role, { level }]) => [role, level])) as Levels
  const sums = groups.map((group) => sumsOf(group, levels))
  const found = votedRelations(sums, levels, draft)
  const known = preset?.tax
  const tax = choices.tax ?? (typeof known === 'object' ? known[draft.currency] : known)
  return {
    levels,
    levelsAssumed: judged.filter(([, { assumed }]) => assumed).map(([role]) => role),
    ...found,
    ...(tax === undefined ? {} : { tax, taxProven: true }),
    ...(preset?.tipInTotal === undefined ? {} : { tipInTotal: preset.tipInTotal }),
  }
}

function everywhere(level: AmountLevel): Levels {
  return Object.fromEntries(AMOUNT_ROLES.map((role) => [role, level])) as Levels
}

function presetLevel(preset: Preset | null, role: AmountRole): AmountLevel | null {
  return preset === null ? null : (preset.levels?.[role] ?? levelOfGrain(preset.grain))
}

/** What the rows of a table are about is what their amounts are about. */
function levelOfGrain(grain: FileGrain): AmountLevel {
  return grain === 'sale' ? 'sale' : 'line'
}

/** The lines of each sale. Of a table that mixes grains the sales' own rows alone: they state what the sale comes to. */
function groupsOf(rows: readonly Row[], reader: RowReader, grain: FileGrain): readonly (readonly Line[])[] {
  const groups = new Map<string, Line[]>()
  const latest = new Map<string, Line[]>()
  const lone: Line[][] = []
  for (const row of rows) {
    const reading = reader.read(row)
    // What came back of a sale says its own amounts, in a row of its own.
    if (reading.kind !== 'line' || reading.type !== 'sale' || isBroughtBack(reading)) continue
    const line = reading
    if (grain === 'mixed' && line.grain !== 'sale') continue
    if (line.id === null) {
      lone.push([line])
      continue
    }
    const dated = !Number.isNaN(line.wall)
    const key = dated ? `${line.id}|${Math.floor(line.wall / DAY_MS)}` : ''
    // A row without a date belongs to the sale of its id that came last.
    const group = dated ? groups.get(key) : latest.get(line.id)
    if (group) group.push(line)
    else if (dated) {
      const made = [line]
      groups.set(key, made)
      latest.set(line.id, made)
    }
  }
  return [...groups.values(), ...lone]
}

/** A counted article at a price below zero is a reduction inside its sale and stays. */
function isBroughtBack({ quantity, total, gross, net }: Line): boolean {
  return quantity === null ? (total ?? gross ?? net ?? 0n) < 0n : isNegative(quantity.value)
}

type LevelJudgement = { readonly level: AmountLevel; readonly assumed: boolean }

function settled(level: AmountLevel): LevelJudgement {
  return { level, assumed: false }
}

function levelOf(
  role: AmountRole,
  { grain, columns }: { readonly grain: FileGrain; readonly columns: readonly ColumnMapping[] },
  groups: readonly (readonly Line[])[],
  reader: RowReader,
): LevelJudgement {
  if (grain !== 'item') return settled(levelOfGrain(grain))
  const seen = { firstOnly: 0, constant: 0, varying: 0, ownLine: 0, ownSum: 0 }
  for (const group of groups) if (group.length > 1) judge(role, group, seen)
  const told = seen.firstOnly + seen.constant + seen.varying
  if (told === 0) return settled(role === 'tip' || role === 'service_charge' ? 'sale' : 'line')
  if (seen.varying > told * 0.02) return settled('line')
  if (seen.firstOnly > seen.constant) return settled('sale')
  if (seen.ownLine !== seen.ownSum) return settled(seen.ownLine > seen.ownSum ? 'line' : 'sale')
  const heading = levelByHeading(columns[reader.place[role]]?.header ?? '')
  if (heading !== null) return settled(heading)
  // The same amount on every row of every sale: one amount of the sale, repeated, or as many as there are rows.
  return { level: seen.constant >= 3 ? 'sale' : 'line', assumed: true }
}

type Seen = { firstOnly: number; constant: number; varying: number; ownLine: number; ownSum: number }

function judge(role: AmountRole, group: readonly Line[], seen: Seen): void {
  const values = group.map((line) => amountOf(line, role))
  if (values.every((value) => value === null || value === 0n)) return
  if (group.some((line) => isInOwnTotal(role, line))) {
    seen.varying++
    return
  }
  const [first, ...later] = values
  if (first !== null && later.every((value) => value === null)) {
    seen.firstOnly++
    return
  }
  if (!later.every((value) => value === first)) {
    seen.varying++
    return
  }
  seen.constant++
  if (role !== 'total' && role !== 'net') return
  const grosses = group.map((line) => grossOf(line))
  if (grosses.some((gross) => gross === null)) return
  const sum = grosses.reduce<Minor>((total, gross) => total + (gross ?? 0n), 0n)
  if (grosses.every((gross) => gross === first)) seen.ownLine++
  else if (sum === first) seen.ownSum++
}

/** Whether what the line comes to has the line's own discount taken off, or its own tax on top. */
function isInOwnTotal(role: AmountRole, line: Line): boolean {
  const [gross, amount] = [grossOf(line), amountOf(line, role)]
  const left = role === 'discount' ? (line.total ?? line.net) : line.total
  if (gross === null || left === null || amount === null || amount === 0n) return false
  const discount = line.discount === null ? 0n : line.discount < 0n ? -line.discount : line.discount
  const tax = amountOf(line, 'tax') ?? 0n
  if (role === 'discount') return left === gross - discount || left === gross - discount + tax
  return role === 'tax' && left === gross - discount + tax
}

function grossOf(line: Line): Minor | null {
  return line.gross ?? line.counted
}

function levelByHeading(header: string): AmountLevel | null {
  const words = plainWords(header).split(' ')
  if (words.some((word) => LINE_WORDS.includes(word))) return 'line'
  return words.some((word) => SALE_WORDS.includes(word)) ? 'sale' : null
}

type Sums = Record<'gross' | 'discount' | 'tax' | 'net' | 'total' | 'tip' | 'service', Minor | null>

function sumsOf(group: readonly Line[], levels: Levels): Sums {
  const of = (role: AmountRole): Minor | null => combined(group, role, levels[role])
  const grosses = group.map(levels.gross === 'line' ? grossOf : (line) => line.gross)
  const known = grosses.filter((gross): gross is Minor => gross !== null)
  const gross =
    levels.gross === 'sale'
      ? (known[0] ?? null)
      : known.length < group.length
        ? null
        : known.reduce((a, b) => a + b, 0n)
  const discount = of('discount')
  return {
    gross,
    discount: discount === null ? null : discount < 0n ? -discount : discount,
    tax: of('tax'),
    net: of('net'),
    total: of('total'),
    tip: of('tip'),
    service: of('service_charge'),
  }
}

function votedRelations(
  sums: readonly Sums[],
  levels: Levels,
  { currency }: Pick<Plan, 'currency'>,
): Pick<Relations, 'tax' | 'taxProven' | 'tipInTotal' | 'netTrusted'> {
  const votes = { added: 0, included: 0, tipIn: 0, tipOut: 0, net: 0, netless: 0 }
  for (const sum of sums) vote(sum, votes)
  const proven = votes.added !== votes.included
  const american = currency === 'USD' || currency === 'CAD'
  return {
    tax: (proven ? votes.added > votes.included : american) ? 'added' : 'included',
    taxProven: proven || sums.every((sum) => sum.tax === null || sum.tax === 0n),
    // Where nothing tells, a total of the sale has the tip inside, and totals of lines know nothing of it.
    tipInTotal:
      votes.tipOut === votes.tipIn ? levels.total === 'sale' || levels.tip === 'line' : votes.tipIn > votes.tipOut,
    netTrusted: votes.net > 0 && votes.net >= votes.netless,
  }
}

type Votes = { added: number; included: number; tipIn: number; tipOut: number; net: number; netless: number }

function vote(sum: Sums, votes: Votes): void {
  const { gross, net, total } = sum
  const [discount, tax] = [sum.discount ?? 0n, sum.tax ?? 0n]
  const extras = (sum.tip ?? 0n) + (sum.service ?? 0n)
  // A tip may be inside the total or beside it, so both are tried.
  const totals = total === null ? [] : sum.tip ? [total - extras, total - (sum.service ?? 0n)] : [total - extras]
  const bases = gross !== null ? [gross - discount] : net !== null ? [net] : []
  for (const base of bases) {
    totals.forEach((rest, nth) => {
      const [in_, on] = [rest === base && (gross !== null || tax === 0n), rest === base + tax]
      if (tax !== 0n && in_) votes.included++
      if (tax !== 0n && on) votes.added++
      if ((in_ || on) && sum.tip) nth === 0 ? votes.tipIn++ : votes.tipOut++
    })
    if (total === null && net !== null && gross !== null && tax !== 0n) {
      if (base === net) votes.added++
      if (base - tax === net) votes.included++
    }
  }
  if (net === null) return
  const sound =
    (gross !== null && (gross - discount === net || gross - discount - tax === net)) ||
    totals.includes(net + tax) ||
    totals.includes(net)
  if (sound || (total === null && gross === null)) votes.net++
  else votes.netless++
}

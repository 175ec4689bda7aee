import { exponentOf } from '#kernel/currency.ts'
import type { Minor } from '#kernel/money.ts'
import type { ColumnMapping, DateOrder, FileDetection, FileSite } from '../contract.ts'
import { DAY_MS } from './dates.ts'
import type { ColumnEvidence } from './evidence.ts'
import { plainWords } from './header.ts'
import type { Line } from './line.ts'
import type { DecimalMark } from './numbers.ts'
import type { Row } from './records.ts'
import { RowReader, type RowRules } from './row-reader.ts'
import { LINE_WORDS, SALE_WORDS } from './synonyms.ts'

// How the amounts of a file hang together: which column speaks of a line and which of the whole sale, and whether tax
// is inside the prices. Both are read off the first rows, because no heading says so reliably.

export type AmountRole = 'gross' | 'discount' | 'tax' | 'net' | 'total' | 'tip' | 'service_charge'
export type Level = 'line' | 'sale'

export type Plan = RowRules & {
  readonly site: FileSite
  readonly grain: FileDetection['grain']
  readonly levels: Readonly<Record<AmountRole, Level>>
  /** Roles of which neither amounts nor headings say whether they speak of a line or of the sale. */
  readonly levelsAssumed: readonly AmountRole[]
  readonly tax: 'added' | 'included'
  /** Whether an identity told so, or it is an assumption. */
  readonly taxProven: boolean
  /** False when the stated total leaves the tip out. */
  readonly tipInTotal: boolean
  /** False for a "net" that is neither total less tax nor gross less discount: what is left after fees, say. */
  readonly netTrusted: boolean
}

const ROLES: readonly AmountRole[] = ['gross', 'discount', 'tax', 'net', 'total', 'tip', 'service_charge']

export type PlanInput = {
  readonly columns: readonly ColumnMapping[]
  readonly evidence: readonly ColumnEvidence[]
  readonly rows: readonly Row[]
  readonly site: FileSite
  readonly grain: FileDetection['grain']
  readonly dateOrder: DateOrder
  readonly decimalMark: DecimalMark
  readonly currency: FileDetection['currency']
}

export function makePlan(input: PlanInput): Plan {
  const rules: RowRules = {
    columns: input.columns,
    dateOrder: input.dateOrder,
    currency: input.currency,
    marks: input.evidence.map((column) => columnMark(column) ?? input.decimalMark),
  }
  const reader = new RowReader(rules)
  const groups = groupsOf(input.rows, reader)
  const judged = ROLES.map((role) => [role, levelOf(role, input, groups, reader)] as const)
  const levels = Object.fromEntries(judged.map(([role, { level }]) => [role, level])) as Record<AmountRole, Level>
  const levelsAssumed = judged.filter(([, { assumed }]) => assumed).map(([role]) => role)
  const sums = groups.map((group) => sumsOf(group, levels))
  return { ...rules, site: input.site, grain: input.grain, levels, levelsAssumed, ...relationsOf(sums, levels, input) }
}

/** The decimal mark that a column's own cells prove, or null. */
export function columnMark(column: ColumnEvidence): DecimalMark | null {
  const { point, comma } = column.marks
  if (point === comma) return null
  return point > comma ? '.' : ','
}

/** The mark of the whole file, from all columns that say anything; null when none does. */
export function fileMark(columns: readonly ColumnEvidence[]): DecimalMark | null {
  let balance = 0
  for (const { marks } of columns) balance += Math.sign(marks.point - marks.comma)
  return balance === 0 ? null : balance > 0 ? '.' : ','
}

export function assumedMark(delimiter: string, currency: FileDetection['currency'], dayFirst: boolean): DecimalMark {
  // Three digits behind the mark are what an amount of such a currency looks like.
  if (exponentOf(currency) === 3) return '.'
  return delimiter === ';' || dayFirst ? ',' : '.'
}

function groupsOf(rows: readonly Row[], reader: RowReader): readonly (readonly Line[])[] {
  const groups = new Map<string, Line[]>()
  const latest = new Map<string, Line[]>()
  const lone: Line[][] = []
  for (const row of rows) {
    const reading = reader.read(row)
    if (reading.kind !== 'line' || reading.type !== 'sale') continue
    const line = reading
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

export function amountOf(line: Line, role: AmountRole): Minor | null {
  switch (role) {
    case 'gross':
      return line.gross
    case 'discount':
      return line.discount
    case 'net':
      return line.net
    case 'total':
      return line.total
    case 'tip':
      return line.tip
    case 'service_charge':
      return line.service
    case 'tax':
      return line.taxes.length === 0
        ? null
        : line.taxes.reduce((sum, tax) => (tax === null ? sum : (sum ?? 0n) + tax), null as Minor | null)
  }
}

type LevelJudgement = { readonly level: Level; readonly assumed: boolean }

function levelOf(
  role: AmountRole,
  input: PlanInput,
  groups: readonly (readonly Line[])[],
  reader: RowReader,
): LevelJudgement {
  const settled = (level: Level): LevelJudgement => ({ level, assumed: false })
  if (input.grain === 'sale') return settled('sale')
  if (input.grain === 'payment') return settled('line')
  const seen = { firstOnly: 0, constant: 0, varying: 0, ownLine: 0, ownSum: 0 }
  for (const group of groups) if (group.length > 1) judge(role, group, seen)
  const told = seen.firstOnly + seen.constant + seen.varying
  if (told === 0) return settled(role === 'tip' || role === 'service_charge' ? 'sale' : 'line')
  if (seen.varying > told * 0.02) return settled('line')
  if (seen.firstOnly > seen.constant) return settled('sale')
  if (seen.ownLine !== seen.ownSum) return settled(seen.ownLine > seen.ownSum ? 'line' : 'sale')
  const heading = levelByHeading(input.columns[reader.place[role]]?.header ?? '')
  if (heading !== null) return settled(heading)
  // The same amount on every row of every sale: one amount of the sale, repeated, or as many as there are rows.
  return { level: seen.constant >= 3 ? 'sale' : 'line', assumed: true }
}

type Seen = { firstOnly: number; constant: number; varying: number; ownLine: number; ownSum: number }

function judge(role: AmountRole, group: readonly Line[], seen: Seen): void {
  const values = group.map((line) => amountOf(line, role))
  if (values.every((value) => value === null || value === 0n)) return
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

function grossOf(line: Line): Minor | null {
  return line.gross ?? line.counted
}

function levelByHeading(header: string): Level | null {
  const words = plainWords(header).split(' ')
  if (words.some((word) => LINE_WORDS.includes(word))) return 'line'
  return words.some((word) => SALE_WORDS.includes(word)) ? 'sale' : null
}

type Sums = Record<'gross' | 'discount' | 'tax' | 'net' | 'total' | 'tip' | 'service', Minor | null>

function sumsOf(group: readonly Line[], levels: Readonly<Record<AmountRole, Level>>): Sums {
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

/** A role's amount for a whole sale: stated once, or added up from its lines. Null when no line says anything. */
export function combined(lines: readonly Line[], role: AmountRole, level: Level): Minor | null {
  let sum: Minor | null = null
  for (const line of lines) {
    const amount = amountOf(line, role)
    if (amount === null) continue
    if (level === 'sale') return amount
    sum = (sum ?? 0n) + amount
  }
  return sum
}

function relationsOf(
  sums: readonly Sums[],
  levels: Readonly<Record<AmountRole, Level>>,
  input: PlanInput,
): Pick<Plan, 'tax' | 'taxProven' | 'tipInTotal' | 'netTrusted'> {
  const votes = { added: 0, included: 0, tipIn: 0, tipOut: 0, net: 0, netless: 0 }
  for (const sum of sums) vote(sum, votes)
  const proven = votes.added !== votes.included
  const american = input.currency === 'USD' || input.currency === 'CAD'
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

import { formatDay, formatNumber } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { FileChoices, FileDetection, FileNote } from '../../app/wire.ts'
import { AMOUNT_ROLES, type AmountLevel, type AmountRole, DELIMITERS, withChoice, withLevel } from './choices.ts'
import { type DateOrder, type DecimalMark, readDay, readNumber, tellingCell } from './readings.ts'

// What the file does not settle, as questions a person can answer. Where the answer is one of a few readings, they are
// shown on a cell of the file and choosing one corrects the reading; where it is not, the person says that they looked.

export type Reading = {
  readonly value: string
  readonly label: string
  /** The cell of the file read this way; null where none tells. */
  readonly example: string | null
  /** What the hub takes it for while nobody has said. */
  readonly guessed: boolean
  readonly apply: (choices: FileChoices) => FileChoices
}

export type Question = {
  /** Stable for one thing that is asked: `date_order`, `level:total`, or the note's code. */
  readonly key: string
  readonly kind: 'choose' | 'currency' | 'zone' | 'agree'
  /** The note's code; it is accepted with an `agree`. */
  readonly code: string
  readonly ask: string
  readonly say: string | null
  readonly readings: readonly Reading[]
  /** What the person chose; null while they have not. */
  readonly chosen: string | null
}

const KEY_OF: Readonly<Record<string, string>> = {
  dates_ambiguous: 'date_order',
  dates_mixed: 'date_order',
  decimal_mark_ambiguous: 'decimal_mark',
  tax_assumed_included: 'tax',
  currency_of_sign: 'currency',
  zone_letters_ambiguous: 'zone',
  delimiter_ambiguous: 'delimiter',
}

/** What is asked of one note of severity `confirm`. */
export function questionKey(detection: FileDetection, note: FileNote): string {
  const known = Object.hasOwn(KEY_OF, note.code) ? KEY_OF[note.code] : undefined
  if (known !== undefined) return known
  const role = note.code === 'amount_level_assumed' ? roleNamedIn(detection, note.say) : null
  return role === null ? `agree:${note.code}:${note.say}` : `level:${role}`
}

/** The questions that are open, and those that were asked before and have been answered since. */
export function questionsOf(
  detection: FileDetection,
  choices: FileChoices,
  asked: ReadonlySet<string>,
): { readonly open: readonly Question[]; readonly answered: readonly Question[] } {
  const notes = detection.notes.filter((note) => note.severity === 'confirm')
  const made = new Map<string, Question>()
  for (const note of notes) {
    const key = questionKey(detection, note)
    if (!made.has(key)) made.set(key, makeQuestion(key, note, detection, choices))
  }
  for (const key of asked) {
    if (made.has(key) || key.startsWith('agree:')) continue
    const question = makeQuestion(key, null, detection, choices)
    if (question.chosen !== null) made.set(key, question)
  }
  const all = [...made.values()]
  return {
    open: all.filter((one) => one.chosen === null),
    answered: all.filter((one) => one.chosen !== null),
  }
}

function roleNamedIn(detection: FileDetection, say: string): AmountRole | null {
  const column = detection.columns.find(
    ({ role, header }) => AMOUNT_ROLES.some((one) => one === role) && say.includes(`"${header}"`),
  )
  return AMOUNT_ROLES.find((one) => one === column?.role) ?? null
}

function makeQuestion(key: string, note: FileNote | null, detection: FileDetection, choices: FileChoices): Question {
  const words = texts.imports.questions
  const base = { key, code: note?.code ?? key, say: note?.say ?? null }
  switch (key) {
    case 'date_order':
      return { ...base, ...dateQuestion(detection), chosen: choices.date_order ?? null }
    case 'decimal_mark':
      return { ...base, ...markQuestion(detection), chosen: choices.decimal_mark ?? null }
    case 'tax':
      return { ...base, ...taxQuestion(detection), chosen: choices.tax ?? null }
    case 'currency':
      return { ...base, kind: 'currency', ask: words.currency, readings: [], chosen: choices.currency ?? null }
    case 'zone':
      return { ...base, kind: 'zone', ask: words.zone, readings: [], chosen: choices.zone ?? null }
    case 'delimiter':
      return { ...base, ...delimiterQuestion(detection), chosen: choices.delimiter ?? null }
  }
  const role = AMOUNT_ROLES.find((one) => key === `level:${one}`)
  if (role !== undefined) {
    return { ...base, ...levelQuestion(detection, role), chosen: choices.levels?.[role] ?? null }
  }
  return { ...base, kind: 'agree', ask: note?.say ?? '', say: null, readings: [], chosen: null }
}

type Asked = Pick<Question, 'kind' | 'ask' | 'readings'>

function dateQuestion(detection: FileDetection): Asked {
  const words = texts.imports.questions
  const orders: readonly DateOrder[] = ['dmy', 'mdy']
  const cell = tellingCell(
    examplesOf(detection, ['date', 'date_time']),
    orders.map((order) => (text) => readDay(text, order)),
  )
  const readings = orders.map((order) => ({
    value: order,
    label: words.dateOrders[order],
    example: exampleOf(
      cell,
      (text) => readDay(text, order),
      (day) => formatDay(day, 'long'),
    ),
    guessed: detection.date_order === order,
    apply: (choices: FileChoices) => withChoice(choices, 'date_order', order),
  }))
  return { kind: 'choose', ask: words.dates, readings }
}

function markQuestion(detection: FileDetection): Asked {
  const words = texts.imports.questions
  const marks: readonly DecimalMark[] = ['.', ',']
  const numbers = detection.columns.filter(({ role }) => NUMERIC.has(role)).flatMap(({ examples }) => examples)
  const cell = tellingCell(
    numbers,
    marks.map((mark) => (text) => readNumber(text, mark)),
  )
  const readings = marks.map((mark) => ({
    value: mark,
    label: words.markNames[mark],
    example: exampleOf(
      cell,
      (text) => readNumber(text, mark),
      (number) => formatNumber(Number(number), 6),
    ),
    guessed: detection.decimal_mark === mark,
    apply: (choices: FileChoices) => withChoice(choices, 'decimal_mark', mark),
  }))
  return { kind: 'choose', ask: words.marks, readings }
}

const NUMERIC: ReadonlySet<string> = new Set([
  ...AMOUNT_ROLES,
  'quantity',
  'unit_price',
  'tender_amount',
  'refunded',
  'fee',
])

function taxQuestion(detection: FileDetection): Asked {
  const words = texts.imports.questions
  const readings = (['included', 'added'] as const).map((tax) => ({
    value: tax,
    label: words.taxes[tax],
    example: words.taxSay[tax],
    guessed: detection.tax === tax,
    apply: (choices: FileChoices) => withChoice(choices, 'tax', tax),
  }))
  return { kind: 'choose', ask: words.tax, readings }
}

function delimiterQuestion(detection: FileDetection): Asked {
  const readings = DELIMITERS.map((delimiter) => ({
    value: delimiter,
    label: texts.imports.layout.delimiters[delimiter],
    example: null,
    guessed: detection.delimiter === delimiter,
    apply: (choices: FileChoices) => withChoice(choices, 'delimiter', delimiter),
  }))
  return { kind: 'choose', ask: texts.imports.questions.delimiter, readings }
}

function levelQuestion(detection: FileDetection, role: AmountRole): Asked {
  const words = texts.imports.questions
  const column = detection.columns.find((one) => one.role === role)
  const cell = column?.examples[0] ?? null
  const readings = (['sale', 'line'] as const satisfies readonly AmountLevel[]).map((level) => ({
    value: level,
    label: words.levels[level],
    example: cell === null ? null : words.levelSay[level](cell),
    guessed: detection.levels[role] === level,
    apply: (choices: FileChoices) => withLevel(choices, role, level),
  }))
  return { kind: 'choose', ask: words.level(column?.header ?? texts.roles[role]), readings }
}

function examplesOf(detection: FileDetection, roles: readonly string[]): string[] {
  return detection.columns.filter(({ role }) => roles.includes(role)).flatMap(({ examples }) => [...examples])
}

function exampleOf(
  cell: string | null,
  read: (cell: string) => string | null,
  show: (value: string) => string,
): string | null {
  if (cell === null) return null
  const value = read(cell)
  const words = texts.imports.questions
  return value === null ? words.unread(cell) : words.is(cell, show(value))
}

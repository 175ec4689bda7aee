import type { ColumnRole, FileChoices } from '../../app/wire.ts'

// A person's corrections, as one value that is replaced as a whole. A choice that is not there is worked out by the hub.

export type AmountRole = keyof NonNullable<FileChoices['levels']>
export type AmountLevel = 'line' | 'sale'
export const AMOUNT_ROLES = [
  'gross',
  'discount',
  'tax',
  'net',
  'total',
  'tip',
  'service_charge',
] as const satisfies readonly AmountRole[]

export const DELIMITERS = [',', ';', '\t', '|'] as const

type Single = Exclude<keyof FileChoices, 'levels' | 'columns' | 'accepted'>

/** With one choice set, or taken back to automatic where `value` is undefined. */
export function withChoice<Name extends Single>(
  choices: FileChoices,
  name: Name,
  value: FileChoices[Name] | undefined,
): FileChoices {
  const { [name]: _, ...others } = choices
  return (value === undefined ? others : { ...others, [name]: value }) as FileChoices
}

export function withRole(choices: FileChoices, key: string, role: ColumnRole | undefined): FileChoices {
  const { columns, ...others } = choices
  const { [key]: _, ...rest } = columns ?? {}
  const next = role === undefined ? rest : { ...rest, [key]: role }
  return Object.keys(next).length === 0 ? others : { ...others, columns: next }
}

export function withLevel(choices: FileChoices, role: AmountRole, level: AmountLevel | undefined): FileChoices {
  const { levels, ...others } = choices
  const { [role]: _, ...rest } = levels ?? {}
  const next = level === undefined ? rest : { ...rest, [role]: level }
  return Object.keys(next).length === 0 ? others : { ...others, levels: next }
}

export function isUncorrected(choices: FileChoices): boolean {
  return Object.keys(choices).length === 0
}

/** Whether two corrections say the same, whatever the order they were made in. */
export function sameChoices(a: FileChoices, b: FileChoices): boolean {
  return canonical(a) === canonical(b)
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? ''
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join(',')}}`
}

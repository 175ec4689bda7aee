import { Fault } from '#kernel/fault.ts'
import { choicesOf, wireChoices } from '#modules/intake/wire-choices.ts'
import type { FileChoices } from '../../../connectors/contract-files.ts'
import type { ChoiceOptions } from './choice-options.ts'

// From the words of the command line to choices as every other way in has them.

/** What was said of the file; null when nothing was. Throws `command.bad`. */
export function choicesOfOptions(
  options: ChoiceOptions & { readonly currency?: string; readonly zone?: string },
): FileChoices | null {
  const said = {
    columns: options.map === undefined ? undefined : Object.fromEntries(options.map.map(columnOf)),
    date_order: options.dateOrder,
    decimal_mark: options.decimalMark,
    delimiter: options.delimiter === 'tab' ? '\t' : options.delimiter,
    encoding: options.encoding,
    header_row: options.headerRow === undefined ? undefined : Number(options.headerRow),
    grain: options.grain,
    tax: options.tax,
    preset: options.preset === 'none' ? null : options.preset,
    currency: options.currency,
    zone: options.zone,
  }
  const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
  if (Object.keys(given).length === 0) return null
  const parsed = wireChoices.safeParse(given)
  if (parsed.success) return choicesOf(parsed.data)
  const [issue] = parsed.error.issues
  const option = OPTION_OF[String(issue?.path[0])] ?? String(issue?.path[0])
  throw new Fault('invalid', 'command.bad', {
    say: `${option} cannot be that: ${issue?.message}. "npx tillwire import --help" says what it may be.`,
  })
}

const OPTION_OF: Readonly<Record<string, string>> = {
  columns: '--map',
  date_order: '--date-order',
  decimal_mark: '--decimal-mark',
  delimiter: '--delimiter',
  encoding: '--encoding',
  header_row: '--header-row',
  grain: '--grain',
  tax: '--tax',
  preset: '--preset',
}

/** A heading may hold an equals sign; a role holds none. */
function columnOf(text: string): [string, string] {
  const at = text.lastIndexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new Fault('invalid', 'command.bad', {
    say: `--map wants a heading and its role, such as "Bon Nr=sale_id", not "${text.slice(0, 60)}".`,
  })
}

/** What is said now goes before what was said earlier. */
export function mergeChoices(before: FileChoices, now: FileChoices): FileChoices {
  const columns = { ...before.columns, ...now.columns }
  return { ...before, ...now, ...(Object.keys(columns).length === 0 ? {} : { columns }) }
}

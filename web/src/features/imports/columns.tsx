import { type ReactNode, useState } from 'react'
import { formatShare } from '../../app/format.ts'
import { texts, wordFor } from '../../app/texts.ts'
import type { ColumnRole, FileColumn, FileDetection } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { classes } from '../../ui/classes.ts'
import { SelectField } from '../../ui/field.tsx'
import { withRole } from './choices.ts'
import type { Corrections } from './corrections.ts'
import { ROLE_GROUPS } from './roles.ts'

const SURE = 0.75

type Table = Pick<FileDetection, 'columns' | 'shape'>

/** Every column, what it was taken for and why; a person may say otherwise. `open`: the unused ones are shown at once. */
export function Columns(props: {
  detection: Table
  corrections: Corrections
  fixed: boolean
  open?: boolean
}): ReactNode {
  const { detection, corrections } = props
  const words = texts.imports.columns
  const [all, setAll] = useState(props.open === true)
  const shown = useShown(detection, corrections, all)
  const hidden = detection.columns.length - shown.length
  return (
    <Card
      title={`${words.title} (${detection.columns.length})`}
      say={words.say}
      busy={corrections.busy}
      bodyClassName="pt-1 pb-2"
    >
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{words.title}</caption>
        <thead>
          <tr className="border-b border-line text-left text-xs text-muted">
            <th scope="col" className="py-2 pr-2.5 pl-5 font-medium">
              {words.column}
            </th>
            <th scope="col" className="w-44 py-2 pr-5 pl-2.5 font-medium sm:w-56">
              {words.role}
            </th>
            <th scope="col" className="w-36 py-2 pr-5 font-medium max-md:hidden">
              {words.because}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((column) => (
            <OneColumn
              key={column.key}
              column={column}
              corrections={corrections}
              fixed={props.fixed}
              bare={props.open === true}
            />
          ))}
        </tbody>
      </table>
      {props.open === true || (hidden === 0 && !all) ? null : (
        <Button size="sm" look="quiet" className="mx-2.5 mt-1" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? words.showUsed : words.showAll(hidden)}
        </Button>
      )}
    </Card>
  )
}

/** The used columns, and whatever was used since the page was opened: nothing vanishes under a person's hand. */
function useShown(detection: Table, corrections: Corrections, all: boolean): readonly FileColumn[] {
  const [seen, setSeen] = useState<{ shape: string; keys: ReadonlySet<string> }>({ shape: '', keys: new Set() })
  const chosen = corrections.choices.columns ?? {}
  const used = detection.columns
    .filter(({ key, role }) => role !== 'ignore' || Object.hasOwn(chosen, key))
    .map(({ key }) => key)
  const known = seen.shape === detection.shape ? seen.keys : new Set<string>()
  const keys = used.every((key) => known.has(key)) ? known : new Set([...known, ...used])
  if (seen.shape !== detection.shape || keys !== known) setSeen({ shape: detection.shape, keys })
  return all ? detection.columns : detection.columns.filter(({ key }) => keys.has(key))
}

/** `bare`: its cells were not kept to be shown. */
function OneColumn(props: { column: FileColumn; corrections: Corrections; fixed: boolean; bare: boolean }): ReactNode {
  const { column, corrections } = props
  const words = texts.imports.columns
  const name = column.header === '' ? words.unnamed(column.index + 1) : column.header
  const chosen = corrections.choices.columns?.[column.key]
  const role = chosen ?? column.role
  return (
    <tr className="border-b border-line align-top last:border-b-0">
      <th scope="row" className="max-w-0 py-2 pr-2.5 pl-5 text-left font-normal">
        <span
          className={classes('block truncate font-medium', column.header === '' && 'italic text-muted')}
          title={name}
        >
          {name}
        </span>
        {props.bare ? null : <Examples cells={column.examples} />}
        <span className="block text-xs text-pretty text-muted md:hidden">{column.because}</span>
      </th>
      <td className="py-2 pr-5 pl-2.5">
        <SelectField
          label={words.roleOf(name)}
          hideLabel
          value={role}
          disabled={props.fixed}
          onChange={(event) =>
            corrections.change(withRole(corrections.choices, column.key, roleNamed(event.target.value)))
          }
          className={role === 'ignore' ? 'text-muted' : ''}
        >
          <RoleOptions />
        </SelectField>
        {column.detail === null || role !== column.role ? null : (
          <span className="num mt-0.5 block truncate text-xs text-muted">{detailWords(column)}</span>
        )}
      </td>
      <td className="py-2.5 pr-5 text-xs max-md:hidden">
        <Sureness column={column} chosen={chosen !== undefined} />
        <span className="mt-1 block text-pretty text-muted">{column.because}</span>
      </td>
    </tr>
  )
}

function Examples(props: { cells: readonly string[] }): ReactNode {
  return (
    <span className="block truncate font-mono text-xs text-muted">
      {props.cells.length === 0 ? texts.imports.columns.none : props.cells.join('  ·  ')}
    </span>
  )
}

function Sureness(props: { column: FileColumn; chosen: boolean }): ReactNode {
  const { column } = props
  const words = texts.imports.columns
  if (props.chosen || column.from === 'person') return <Badge tone="info">{words.from.person}</Badge>
  if (column.from === 'preset') return <Badge tone="good">{words.from.preset}</Badge>
  if (column.role === 'ignore' || column.confidence === 0) return null
  return (
    <Badge
      tone={column.confidence >= SURE ? 'good' : 'warn'}
    >{`${formatShare(column.confidence)} ${words.sure}`}</Badge>
  )
}

/** The list of roles under their headings; the same for every column. */
function RoleOptions(): ReactNode {
  return (
    <>
      <option value="ignore">{texts.roles.ignore}</option>
      {ROLE_GROUPS.map(({ group, roles }) => (
        <optgroup key={group} label={texts.roleGroups[group]}>
          {roles.map((role) => (
            <option key={role} value={role}>
              {texts.roles[role]}
            </option>
          ))}
        </optgroup>
      ))}
    </>
  )
}

function roleNamed(name: string): ColumnRole | undefined {
  if (name === 'ignore') return 'ignore'
  return ROLE_GROUPS.flatMap(({ roles }): readonly ColumnRole[] => roles).find((role) => role === name)
}

function detailWords(column: FileColumn): string {
  if (column.role === 'tender_amount') return wordFor(texts.tenders, column.detail ?? '')
  return column.role === 'tax' || column.role === 'tax_rate' ? `${column.detail} %` : (column.detail ?? '')
}

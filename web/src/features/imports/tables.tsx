import { type ReactNode, useId } from 'react'
import { formatBytes } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { Import, ImportTable } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { classes } from '../../ui/classes.ts'
import type { Corrections } from './corrections.ts'

/** The sheets of a workbook, or the files of an archive; one of them is read. */
export function Tables(props: { run: Import; corrections: Corrections; fixed: boolean }): ReactNode {
  const { run, corrections } = props
  const words = texts.imports.tables
  const name = useId()
  return (
    <fieldset className="mt-4" disabled={props.fixed}>
      <legend className="text-sm font-medium">{words.title}</legend>
      <p className="text-xs text-muted">{words.say(run.tables.length)}</p>
      <div className="mt-2 flex max-h-72 flex-col gap-1.5 overflow-y-auto">
        {run.tables.map((table) => (
          <label
            key={table.index}
            className={classes(
              'flex cursor-pointer items-start gap-3 rounded-md border px-3 py-2 transition-colors',
              'has-checked:border-accent has-checked:bg-accent-soft has-disabled:cursor-default',
              'has-focus-visible:outline-2 has-focus-visible:outline-accent',
            )}
          >
            <input
              type="radio"
              name={name}
              value={table.index}
              checked={corrections.table === table.index}
              onChange={() => corrections.chooseTable(table.index)}
              className="mt-1 size-4 shrink-0 accent-accent"
            />
            <TableFacts table={table} />
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function TableFacts(props: { table: ImportTable }): ReactNode {
  const { table } = props
  const words = texts.imports.tables
  return (
    <span className="min-w-0 flex-1">
      <span className="flex flex-wrap items-center gap-x-2">
        <span className="min-w-0 truncate font-medium">{table.name}</span>
        {table.hidden ? <Badge>{words.hidden}</Badge> : null}
        {table.table_state === 'keeping' ? <Badge tone="info">{words.keeping}</Badge> : null}
        <span className="num text-xs text-muted">{formatBytes(table.bytes)}</span>
      </span>
      {table.say === null ? null : <span className="block text-xs text-pretty text-muted">{table.say}</span>}
    </span>
  )
}

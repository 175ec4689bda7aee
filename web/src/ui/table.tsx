import type { ReactNode } from 'react'
import { classes } from './classes.ts'

export type Column<Row> = {
  readonly key: string
  readonly head: string
  readonly cell: (row: Row) => ReactNode
  readonly align?: 'start' | 'end'
  /** `wide` columns give way on a narrow screen. */
  readonly shown?: 'always' | 'wide'
  readonly className?: string
}

/** A plain table; the first column is each row's heading. */
export function Table<Row>(props: {
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row, index: number) => string
  empty?: ReactNode
  dense?: boolean
  /** Bleeds to the edges of a card and keeps the card's inset. */
  inset?: boolean
  stickyHead?: boolean
}): ReactNode {
  const { columns, rows } = props
  if (rows.length === 0 && props.empty !== undefined) return <p className="py-4 text-muted">{props.empty}</p>
  const pad = props.dense === true ? 'py-1.5' : 'py-2.5'
  const inset = props.inset === true ? 'first:pl-5 last:pr-5' : 'first:pl-0 last:pr-0'
  const cellOf = (column: Column<Row>): string =>
    classes(
      'px-2.5 align-top',
      pad,
      inset,
      column.align === 'end' ? 'text-right num whitespace-nowrap' : 'text-left',
      column.shown === 'wide' && 'max-sm:hidden',
      column.className,
    )
  return (
    <section
      aria-label={props.label}
      // A region that scrolls must be reachable with the keyboard.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls sideways on narrow screens
      tabIndex={0}
      className="overflow-x-auto"
    >
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{props.label}</caption>
        <thead className={props.stickyHead === true ? 'sticky top-0 bg-surface' : undefined}>
          <tr className="border-b border-line">
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                className={classes(cellOf(column), 'py-2! text-xs font-medium text-muted')}
              >
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={props.rowKey(row, index)} className="border-b border-line last:border-b-0">
              {columns.map((column, place) =>
                place === 0 ? (
                  <th key={column.key} scope="row" className={classes(cellOf(column), 'font-normal')}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.key} className={cellOf(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react'
import { classes } from './classes.ts'

export type HeatCell = {
  /** 0 to 1; null where nothing was. */
  readonly share: number | null
  /** The number in a few characters, when numbers are shown in place of colours. */
  readonly short: string
  /** The whole sentence of a cell. */
  readonly say: string
}

/** A table whose cells are coloured by their number: colour for the eye, the same numbers for everybody else. */
export function HeatMap(props: {
  label: string
  corner: string
  columns: readonly { readonly short: string; readonly long: string }[]
  rows: readonly { readonly short: string; readonly long: string; readonly cells: readonly HeatCell[] }[]
  hint: string
  numbers: boolean
  less: string
  more: string
}): ReactNode {
  const { rows, columns } = props
  const [at, setAt] = useState<readonly [number, number] | null>(null)
  const [home, setHome] = useState<readonly [number, number]>([0, 0])
  const body = useRef<HTMLTableSectionElement>(null)

  const move = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    const row = Math.min(rows.length - 1, Math.max(0, home[0] + step[0]))
    const column = Math.min(columns.length - 1, Math.max(0, home[1] + step[1]))
    setHome([row, column])
    const cell = body.current?.rows[row]?.cells[column + 1]
    if (cell instanceof HTMLElement) cell.focus()
  }

  const told = at === null ? undefined : rows[at[0]]?.cells[at[1]]?.say
  return (
    <div>
      <div className="overflow-x-auto">
        <table aria-label={props.label} className="w-full table-fixed border-separate border-spacing-0.5 text-2xs">
          <thead>
            <tr>
              <th scope="col" className="w-9 text-left">
                <span className="sr-only">{props.corner}</span>
              </th>
              {columns.map((column, place) => (
                <th key={column.long} scope="col" className="font-normal text-faint">
                  <span className="sr-only">{column.long}</span>
                  <span aria-hidden="true" className={classes(place % 2 === 1 && 'max-sm:invisible')}>
                    {column.short}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body} onKeyDown={move}>
            {rows.map((row, r) => (
              <tr key={row.long}>
                <th scope="row" className="pr-1 text-left text-xs font-normal text-muted">
                  <span aria-hidden="true">{row.short}</span>
                  <span className="sr-only">{row.long}</span>
                </th>
                {row.cells.map((cell, c) => (
                  <td
                    key={columns[c]?.long}
                    tabIndex={r === home[0] && c === home[1] ? 0 : -1}
                    aria-label={cell.say}
                    onFocus={() => {
                      setAt([r, c])
                      setHome([r, c])
                    }}
                    onBlur={() => setAt(null)}
                    onPointerEnter={() => setAt([r, c])}
                    onPointerLeave={() => setAt(null)}
                    className={classes(
                      'num h-7 rounded-[3px] p-0 text-center focus-visible:outline-offset-1',
                      cell.share === null ? 'bg-sunken' : 'heat',
                    )}
                    style={{ '--heat': cell.share ?? 0 }}
                  >
                    {props.numbers ? <span className="block overflow-hidden">{cell.short}</span> : null}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="mt-2 flex min-h-5 items-center justify-between gap-4 text-xs text-muted">
        <p className={classes('num truncate', told !== undefined && 'text-ink')}>{told ?? props.hint}</p>
        <p aria-hidden="true" className="flex shrink-0 items-center gap-1.5 max-sm:hidden">
          {props.less}
          {[0.02, 0.25, 0.5, 0.75, 1].map((share) => (
            <span key={share} className="heat size-3 rounded-[2px]" style={{ '--heat': share }} />
          ))}
          {props.more}
        </p>
      </div>
    </div>
  )
}

declare module 'react' {
  interface CSSProperties {
    '--heat'?: number
  }
}

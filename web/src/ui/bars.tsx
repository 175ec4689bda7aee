import type { ReactNode } from 'react'
import { classes } from './classes.ts'

export type Bar = {
  readonly key: string
  readonly label: ReactNode
  readonly note?: ReactNode
  readonly value: ReactNode
  readonly aside?: ReactNode
  /** 0 to 1, of the longest. */
  readonly share: number
}

/** A ranking as a list: the bar is a picture of the number beside it, and nothing that the number does not say. */
export function Bars(props: { label: string; bars: readonly Bar[]; tone?: 'accent' | 'muted' }): ReactNode {
  return (
    <ol aria-label={props.label} className="flex flex-col gap-2.5">
      {props.bars.map((bar) => (
        <li key={bar.key}>
          <div className="flex items-baseline justify-between gap-3 text-sm">
            <span className="flex min-w-0 items-baseline gap-2">
              <span className="truncate">{bar.label}</span>
              {bar.note === undefined ? null : <span className="truncate text-xs text-faint">{bar.note}</span>}
            </span>
            <span className="num flex shrink-0 items-baseline gap-3">
              {bar.aside === undefined ? null : <span className="text-xs text-muted">{bar.aside}</span>}
              <span className="min-w-16 text-right font-medium">{bar.value}</span>
            </span>
          </div>
          <div className="mt-1 h-1.5 rounded-full bg-sunken" aria-hidden="true">
            <div
              className={classes('h-full rounded-full', props.tone === 'muted' ? 'bg-chart-before' : 'bg-chart-1')}
              style={{ width: `${Math.max(0.5, Math.min(1, Math.max(0, bar.share)) * 100)}%` }}
            />
          </div>
        </li>
      ))}
    </ol>
  )
}

const PARTS = ['bg-chart-1', 'bg-chart-2', 'bg-chart-3', 'bg-chart-4', 'bg-chart-5', 'bg-chart-6'] as const

export function partColour(place: number): string {
  return PARTS[Math.min(place, PARTS.length - 1)] ?? 'bg-chart-6'
}

/** A whole and its parts, as one bar; the legend with its numbers is drawn by whoever uses it. */
export function PartsBar(props: { label: string; shares: readonly { key: string; share: number }[] }): ReactNode {
  return (
    <div role="img" aria-label={props.label} className="flex h-3 gap-0.5 overflow-hidden rounded-full bg-sunken">
      {props.shares.map((part, place) =>
        part.share > 0 ? (
          <div key={part.key} className={partColour(place)} style={{ width: `${part.share * 100}%` }} />
        ) : null,
      )}
    </div>
  )
}

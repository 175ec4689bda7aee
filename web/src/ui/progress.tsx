import type { ReactNode } from 'react'

/** From 0 to 1; null while nobody knows how much there is. */
export function Progress(props: { label: string; value: number | null }): ReactNode {
  if (props.value === null) {
    return (
      <div role="progressbar" aria-label={props.label} className="h-2 overflow-hidden rounded-full bg-sunken">
        <div className="h-full w-full animate-breathe rounded-full bg-accent/60" />
      </div>
    )
  }
  const percent = Math.round(Math.min(1, Math.max(0, props.value)) * 100)
  return (
    <div
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className="h-2 overflow-hidden rounded-full bg-sunken"
    >
      <div className="h-full rounded-full bg-accent transition-[width] duration-300" style={{ width: `${percent}%` }} />
    </div>
  )
}

import type { ReactNode } from 'react'

/** From 0 to 1. The number is said in steps by `say`, not at every move of the bar. */
export function Progress(props: { label: string; value: number }): ReactNode {
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

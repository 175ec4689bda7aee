import { type ReactNode, useId } from 'react'
import { classes } from './classes.ts'

/** A titled region: a landmark of its own, so that a screen reader can jump from card to card. */
export function Card(props: {
  title: ReactNode
  say?: ReactNode
  actions?: ReactNode
  children: ReactNode
  className?: string
  bodyClassName?: string
  busy?: boolean
}): ReactNode {
  const id = useId()
  return (
    <section
      aria-labelledby={id}
      aria-busy={props.busy === true ? true : undefined}
      className={classes('flex min-w-0 flex-col rounded-lg border border-line bg-surface shadow-card', props.className)}
    >
      <header className="flex flex-wrap items-start justify-between gap-x-3 gap-y-1 px-5 pt-4">
        <div className="min-w-0">
          <h2 id={id} className="truncate text-base font-semibold">
            {props.title}
          </h2>
          {props.say === undefined ? null : <p className="text-xs text-muted">{props.say}</p>}
        </div>
        {props.actions === undefined ? null : (
          <div className="-mt-1 ml-auto flex items-center gap-1">{props.actions}</div>
        )}
      </header>
      <div className={classes('min-w-0 flex-1', props.bodyClassName ?? 'px-5 pt-3 pb-5')}>{props.children}</div>
    </section>
  )
}

/** Name and value, one under the other, told apart by weight alone. */
export function Facts(props: { rows: readonly { label: string; value: ReactNode }[]; className?: string }): ReactNode {
  return (
    <dl className={classes('grid grid-cols-1 gap-x-8 gap-y-3 sm:grid-cols-2', props.className)}>
      {props.rows.map((row) => (
        <div key={row.label} className="min-w-0">
          <dt className="text-xs text-muted">{row.label}</dt>
          <dd className="num break-words">{row.value}</dd>
        </div>
      ))}
    </dl>
  )
}

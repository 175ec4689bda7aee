import type { ReactNode } from 'react'
import { classes } from './classes.ts'

/** Grey shapes where content will stand, of its size, so that nothing jumps. */
export function Skeleton(props: { className?: string }): ReactNode {
  return <span aria-hidden="true" className={classes('block animate-breathe rounded-sm bg-sunken', props.className)} />
}

export function SkeletonLines(props: { lines: number; label: string }): ReactNode {
  return (
    <div role="status" aria-label={props.label} className="flex flex-col gap-3 py-1">
      {Array.from({ length: props.lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines without identity
        <Skeleton key={line} className={classes('h-4', line % 3 === 2 ? 'w-2/3' : 'w-full')} />
      ))}
    </div>
  )
}

/** Nothing to show: why, and what to do about it. */
export function Empty(props: { icon?: ReactNode; title: string; say?: ReactNode; children?: ReactNode }): ReactNode {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-2 px-4 py-14 text-center">
      {props.icon === undefined ? null : (
        <span className="mb-2 flex size-12 items-center justify-center rounded-full bg-accent-soft text-accent">
          {props.icon}
        </span>
      )}
      <h2 className="text-lg font-semibold text-balance">{props.title}</h2>
      {props.say === undefined ? null : <p className="text-pretty text-muted">{props.say}</p>}
      {props.children === undefined ? null : (
        <div className="mt-4 flex flex-wrap justify-center gap-2">{props.children}</div>
      )}
    </div>
  )
}

/** Something failed: what, the hub's own sentence and code, and a way on. */
export function Failed(props: {
  title: string
  say: string
  code?: string | undefined
  children?: ReactNode
  compact?: boolean
}): ReactNode {
  return (
    <div
      role="alert"
      className={classes(
        'rounded-lg border border-bad/30 bg-bad-soft',
        props.compact === true ? 'px-4 py-3' : 'px-5 py-4',
      )}
    >
      <p className="font-semibold text-bad">{props.title}</p>
      <p className="mt-0.5 text-sm text-pretty">{props.say}</p>
      {props.code === undefined ? null : <p className="mt-1 font-mono text-xs text-muted">{props.code}</p>}
      {props.children === undefined || props.children === null ? null : (
        <div className="mt-3 flex flex-wrap gap-2">{props.children}</div>
      )}
    </div>
  )
}

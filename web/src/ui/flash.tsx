import { type ReactNode, useState } from 'react'
import { classes } from './classes.ts'

/** A value that lights up when it changes by itself; not when the person asked for other values (another `scope`). */
export function Flash(props: { value: string; scope: string; className?: string }): ReactNode {
  const [last, setLast] = useState({ value: props.value, scope: props.scope, changes: 0 })
  if (last.value !== props.value || last.scope !== props.scope) {
    setLast({
      value: props.value,
      scope: props.scope,
      changes: last.scope === props.scope ? last.changes + 1 : 0,
    })
  }
  return (
    <span
      key={last.changes}
      className={classes('-mx-1 rounded-sm px-1', last.changes > 0 && 'animate-arrive', props.className)}
    >
      {props.value}
    </span>
  )
}

import type { ReactNode } from 'react'
import { classes } from './classes.ts'

export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'info'

const TONES: Readonly<Record<Tone, string>> = {
  plain: 'bg-sunken text-muted',
  good: 'bg-accent-soft text-good',
  bad: 'bg-bad-soft text-bad',
  warn: 'bg-warn-soft text-warn',
  info: 'bg-info-soft text-info',
}

export function Badge(props: { tone?: Tone; children: ReactNode; className?: string; title?: string }): ReactNode {
  return (
    <span
      title={props.title}
      className={classes(
        'inline-flex h-5.5 items-center gap-1 rounded-full px-2 text-xs font-medium whitespace-nowrap',
        TONES[props.tone ?? 'plain'],
        props.className,
      )}
    >
      {props.children}
    </span>
  )
}

export function Dot(props: { tone: Tone; breathing?: boolean }): ReactNode {
  const tone = { plain: 'bg-faint', good: 'bg-good', bad: 'bg-bad', warn: 'bg-warn', info: 'bg-info' }[props.tone]
  return (
    <span
      aria-hidden="true"
      className={classes('inline-block size-2 rounded-full', tone, props.breathing === true && 'animate-breathe')}
    />
  )
}

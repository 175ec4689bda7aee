import { Minus, TrendingDown, TrendingUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'

/** A change: arrow, sign and colour say the same, so none of them is needed alone. */
export function Delta(props: { change: number; children: ReactNode; title?: string | undefined }): ReactNode {
  const Arrow = props.change > 0 ? TrendingUp : props.change < 0 ? TrendingDown : Minus
  const tone = props.change > 0 ? 'text-good' : props.change < 0 ? 'text-bad' : 'text-muted'
  return (
    <span title={props.title} className={classes('num inline-flex items-center gap-1 text-sm font-medium', tone)}>
      <Arrow className="size-3.5" aria-hidden="true" />
      {props.children}
    </span>
  )
}

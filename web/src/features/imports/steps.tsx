import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { texts } from '../../app/texts.ts'
import type { ImportState } from '../../app/wire.ts'
import { classes } from '../../ui/classes.ts'

const STEPS = ['given', 'understood', 'running', 'done'] as const
type Step = (typeof STEPS)[number]

const STEP_OF: Readonly<Record<ImportState, Step>> = {
  receiving: 'given',
  detected: 'understood',
  failed: 'understood',
  queued: 'running',
  running: 'running',
  done: 'done',
  undoing: 'done',
  undone: 'done',
}

/** Where in the way of a file this import stands. */
export function Steps(props: { state: ImportState }): ReactNode {
  const here = STEPS.indexOf(STEP_OF[props.state])
  return (
    <ol aria-label={texts.imports.steps.label} className="flex flex-wrap gap-x-2 gap-y-1 text-xs">
      {STEPS.map((step, place) => {
        const past = place < here || props.state === 'done'
        return (
          <li
            key={step}
            aria-current={place === here ? 'step' : undefined}
            className={classes(
              'flex items-center gap-1.5 not-last:after:mx-1 not-last:after:h-px not-last:after:w-5 not-last:after:bg-edge',
              place === here ? 'font-semibold text-ink' : 'text-muted',
              place !== here && 'max-sm:hidden',
            )}
          >
            <span
              aria-hidden="true"
              className={classes(
                'num flex size-5 items-center justify-center rounded-full text-2xs',
                place === here || past ? 'bg-accent text-on-accent' : 'border border-edge',
              )}
            >
              {past ? <Check className="size-3" strokeWidth={3} /> : place + 1}
            </span>
            {texts.imports.steps.names[step]}
            {past ? <span className="sr-only">({texts.imports.steps.past})</span> : null}
          </li>
        )
      })}
    </ol>
  )
}

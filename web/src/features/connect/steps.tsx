import { Link } from '@tanstack/react-router'
import { Check } from 'lucide-react'
import { type ReactNode, type RefObject, useEffect, useRef } from 'react'
import { texts } from '../../app/texts.ts'
import { classes } from '../../ui/classes.ts'
import { SETUP_STEPS, type SetupStep } from './search.ts'

const STEPS = ['system', 'sign_in', 'places', 'sync', 'figures'] as const
export type Step = (typeof STEPS)[number]

/** Where on the way to a connection one stands. Once it is made, its own steps may be gone to and fro. */
export function Steps(props: { here: Step; connectionId?: string }): ReactNode {
  const here = STEPS.indexOf(props.here)
  return (
    <ol aria-label={texts.connect.steps.label} className="mb-5 flex flex-wrap gap-x-2 gap-y-1 text-xs">
      {STEPS.map((step, place) => (
        <li
          key={step}
          aria-current={place === here ? 'step' : undefined}
          className={classes(
            'flex items-center gap-1.5 not-last:after:mx-1 not-last:after:h-px not-last:after:w-5 not-last:after:bg-edge max-sm:after:hidden',
            place === here ? 'font-semibold text-ink' : 'text-muted',
            place !== here && 'max-sm:hidden',
          )}
        >
          <span
            aria-hidden="true"
            className={classes(
              'num flex size-5 items-center justify-center rounded-full text-2xs',
              place <= here ? 'bg-accent text-on-accent' : 'border border-edge',
            )}
          >
            {place < here ? <Check className="size-3" strokeWidth={3} /> : place + 1}
          </span>
          <StepName step={step} {...(place === here ? {} : { connectionId: props.connectionId })} />
          {place === here ? (
            <span className="font-normal text-muted sm:hidden">{texts.connect.steps.of(place + 1, STEPS.length)}</span>
          ) : null}
          {place < here ? <span className="sr-only">({texts.connect.steps.past})</span> : null}
        </li>
      ))}
    </ol>
  )
}

function StepName(props: { step: Step; connectionId?: string | undefined }): ReactNode {
  const name = texts.connect.steps.names[props.step]
  const step = SETUP_STEPS.find((one: SetupStep) => one === props.step)
  if (props.connectionId === undefined || step === undefined) return name
  return (
    <Link
      to="/connections/$connectionId/setup"
      params={{ connectionId: props.connectionId }}
      search={{ step }}
      className="rounded-sm hover:text-ink hover:underline"
    >
      {name}
    </Link>
  )
}

/** The heading of a step, which takes the focus when the step is gone to, so that nobody is left at a button that is gone. */
export function StepHeading(props: { title: string; say?: ReactNode; step: string }): ReactNode {
  const heading = useFocusAfter(props.step)
  return (
    <header className="mb-5">
      <title>{texts.title(props.title)}</title>
      <h1 ref={heading} tabIndex={-1} className="rounded-sm text-xl font-semibold tracking-tight outline-none">
        {props.title}
      </h1>
      {props.say === undefined ? null : <p className="mt-0.5 text-sm text-pretty text-muted">{props.say}</p>}
    </header>
  )
}

/** Not at the first step that is shown: a page that was just opened begins at its top. */
let lastStep: string | null = null

function useFocusAfter(step: string): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (lastStep !== null && lastStep !== step) heading.current?.focus()
    lastStep = step
  }, [step])
  return heading
}

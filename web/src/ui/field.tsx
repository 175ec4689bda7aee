import { ChevronDown } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId } from 'react'
import { classes } from './classes.ts'

const CONTROL =
  'h-9 w-full min-w-0 rounded-md border border-edge bg-surface px-3 text-base text-ink placeholder:text-faint ' +
  'transition-colors hover:border-faint aria-invalid:border-bad disabled:opacity-60'

type Labelled = {
  label: string
  hint?: string | undefined
  problem?: string | undefined
  /** The label is for screen readers alone. */
  hideLabel?: boolean
  fieldClassName?: string
}

function useField(props: Labelled) {
  const id = useId()
  const hintId = `${id}-hint`
  const problemId = `${id}-problem`
  const described = [props.hint === undefined ? null : hintId, props.problem === undefined ? null : problemId]
  const describedBy = described.filter((one) => one !== null).join(' ')
  return {
    control: {
      id,
      'aria-describedby': describedBy === '' ? undefined : describedBy,
      'aria-invalid': props.problem === undefined ? undefined : true,
    },
    wrap: (control: ReactNode): ReactNode => (
      <div className={classes('flex min-w-0 flex-col gap-1.5', props.fieldClassName)}>
        <label htmlFor={id} className={props.hideLabel === true ? 'sr-only' : 'text-sm font-medium'}>
          {props.label}
        </label>
        {control}
        {props.hint === undefined ? null : (
          <p id={hintId} className="text-xs text-muted">
            {props.hint}
          </p>
        )}
        {props.problem === undefined ? null : (
          <p id={problemId} className="text-xs font-medium text-bad">
            {props.problem}
          </p>
        )}
      </div>
    ),
  }
}

export function TextField(props: Labelled & ComponentProps<'input'>): ReactNode {
  const { label, hint, problem, hideLabel, fieldClassName, className, ...input } = props
  const field = useField(props)
  return field.wrap(<input type="text" {...input} {...field.control} className={classes(CONTROL, className)} />)
}

export function TextArea(props: Labelled & ComponentProps<'textarea'>): ReactNode {
  const { label, hint, problem, hideLabel, fieldClassName, className, ...area } = props
  const field = useField(props)
  return field.wrap(<textarea {...area} {...field.control} className={classes(CONTROL, 'h-auto py-2', className)} />)
}

/** The platform's own list of choices: the best one on a phone, and no script at all. */
export function SelectField(props: Labelled & ComponentProps<'select'>): ReactNode {
  const { label, hint, problem, hideLabel, fieldClassName, className, children, ...select } = props
  const field = useField(props)
  return field.wrap(
    <span className="relative block">
      <select {...select} {...field.control} className={classes(CONTROL, 'appearance-none truncate pr-8', className)}>
        {children}
      </select>
      <ChevronDown
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-muted"
      />
    </span>,
  )
}

export function CheckField(props: { label: ReactNode; hint?: string } & ComponentProps<'input'>): ReactNode {
  const { label, hint, className, ...input } = props
  const id = useId()
  return (
    <div className={classes('flex items-start gap-2.5', className)}>
      <input {...input} id={id} type="checkbox" className="mt-1 size-4 shrink-0 accent-accent" />
      <div className="min-w-0">
        <label htmlFor={id}>{label}</label>
        {hint === undefined ? null : <p className="text-xs text-muted">{hint}</p>}
      </div>
    </div>
  )
}

/** Two to four choices side by side, one of them on. */
export function Segments<T extends string>(props: {
  label: string
  value: T
  choices: readonly { readonly value: T; readonly label: ReactNode }[]
  onChange: (value: T) => void
}): ReactNode {
  const name = useId()
  return (
    <fieldset className="inline-flex rounded-md bg-sunken p-0.5">
      <legend className="sr-only">{props.label}</legend>
      {props.choices.map((choice) => (
        <label
          key={choice.value}
          className={classes(
            'relative flex h-7 cursor-pointer items-center gap-1.5 rounded-sm px-2.5 text-xs font-medium whitespace-nowrap text-muted',
            'transition-colors hover:text-ink has-checked:bg-thumb has-checked:text-ink has-checked:shadow-card',
            'has-focus-visible:outline-2 has-focus-visible:outline-accent',
          )}
        >
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={props.value === choice.value}
            onChange={() => props.onChange(choice.value)}
            className="sr-only"
          />
          {choice.label}
        </label>
      ))}
    </fieldset>
  )
}

import { type ReactNode, useId } from 'react'
import { classes } from './classes.ts'

/** A question with a few answers, each of which may be explained; one is on. */
export function Choices<T extends string>(props: {
  label: string
  value: T
  choices: readonly { readonly value: T; readonly label: ReactNode; readonly say?: ReactNode }[]
  onChange: (value: T) => void
  hideLabel?: boolean
  /** Side by side where there is room. */
  columns?: boolean
}): ReactNode {
  const name = useId()
  return (
    <fieldset className="min-w-0">
      <legend className={props.hideLabel === true ? 'sr-only' : 'mb-2 text-sm font-medium'}>{props.label}</legend>
      <div className={classes('grid gap-2', props.columns === true && 'sm:grid-cols-2')}>
        {props.choices.map((choice) => (
          <label
            key={choice.value}
            className={classes(
              'flex cursor-pointer items-start gap-2.5 rounded-md border border-edge px-3 py-2.5 transition-colors',
              'hover:border-faint has-checked:border-accent has-checked:bg-accent-soft',
              'has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
            )}
          >
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={props.value === choice.value}
              onChange={() => props.onChange(choice.value)}
              className="mt-1 size-4 shrink-0 accent-accent outline-none"
            />
            <span className="min-w-0">
              <span className="block font-medium">{choice.label}</span>
              {choice.say === undefined ? null : <span className="block text-xs text-muted">{choice.say}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

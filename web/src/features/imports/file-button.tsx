import { type ReactNode, useId } from 'react'
import { buttonClasses } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { ACCEPTED } from './giving.ts'

/** A label that looks like a button and opens the machine's own chooser. */
export function FileButton(props: {
  label: string
  give: (files: readonly File[]) => void
  look?: 'primary' | 'plain'
}): ReactNode {
  const id = useId()
  return (
    <label
      htmlFor={id}
      className={classes(
        buttonClasses(props.look ?? 'primary'),
        'has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
      )}
    >
      {props.label}
      <input
        id={id}
        type="file"
        multiple
        accept={ACCEPTED}
        className="sr-only"
        onChange={(event) => {
          props.give([...(event.target.files ?? [])])
          // The same file may be chosen again.
          event.target.value = ''
        }}
      />
    </label>
  )
}

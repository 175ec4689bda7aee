import { Search } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { classes } from './classes.ts'
import { TextField } from './field.tsx'

const TYPING_MS = 300

/** Waits until the typing rests, so that half a word is not searched for. */
export function SearchField(props: {
  label: string
  hint: string
  value: string
  onChange: (q: string) => void
  className?: string
}): ReactNode {
  const [{ text, known }, setWords] = useState({ text: props.value, known: props.value })
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  // The address changed without this field: filters were cleared, or the person went back.
  if (known !== props.value) setWords({ text: text.trim() === props.value ? text : props.value, known: props.value })
  useEffect(() => () => clearTimeout(timer.current), [])
  return (
    <div className={classes('relative', props.className ?? 'col-span-2 sm:w-64')}>
      <Search
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 left-3 z-10 size-4 -translate-y-1/2 text-faint"
      />
      <TextField
        label={props.label}
        hideLabel
        type="search"
        placeholder={props.hint}
        value={text}
        onChange={(event) => {
          setWords({ text: event.target.value, known })
          clearTimeout(timer.current)
          timer.current = setTimeout(() => props.onChange(event.target.value), TYPING_MS)
        }}
        className="pl-9!"
      />
    </div>
  )
}

import { CalendarDays, Check, ChevronDown } from 'lucide-react'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { Button } from './button.tsx'
import { classes } from './classes.ts'
import { TextField } from './field.tsx'
import { Popover } from './popover.tsx'

export type RangePickerTexts = {
  readonly label: string
  readonly custom: string
  readonly from: string
  readonly to: string
  readonly apply: string
  readonly backwards: string
}

/** Named ranges, and two days of one's own. */
export function RangePicker<T extends string>(props: {
  texts: RangePickerTexts
  presets: readonly { readonly value: T; readonly label: string; readonly note: string }[]
  /** The chosen preset, or null when two days were given. */
  value: T | null
  shown: string
  from: string
  to: string
  max?: string
  className?: string
  onPreset: (preset: T) => void
  onRange: (from: string, to: string) => void
}): ReactNode {
  const { texts } = props
  const [open, setOpen] = useState(false)
  return (
    <Popover
      label={texts.label}
      open={open}
      onOpenChange={setOpen}
      className="w-80 p-1.5!"
      trigger={
        <Button
          aria-label={`${texts.label}: ${props.shown}`}
          className={classes('num font-normal max-sm:justify-start', props.className)}
        >
          <CalendarDays className="size-4 text-muted" aria-hidden="true" />
          {props.shown}
          <ChevronDown className="size-4 text-muted max-sm:ml-auto" aria-hidden="true" />
        </Button>
      }
    >
      <ul>
        {props.presets.map((preset) => (
          <li key={preset.value}>
            <button
              type="button"
              aria-pressed={props.value === preset.value}
              onClick={() => {
                props.onPreset(preset.value)
                setOpen(false)
              }}
              className="flex min-h-9 w-full items-center justify-between gap-3 rounded-sm px-2.5 text-left hover:bg-sunken"
            >
              <span className="flex items-center gap-2">
                <Check
                  className={classes('size-4 text-accent', props.value !== preset.value && 'invisible')}
                  aria-hidden="true"
                />
                {preset.label}
              </span>
              <span className="num text-xs text-muted">{preset.note}</span>
            </button>
          </li>
        ))}
      </ul>
      <CustomRange
        key={`${props.from} ${props.to}`}
        texts={texts}
        from={props.from}
        to={props.to}
        max={props.max}
        onRange={(from, to) => {
          props.onRange(from, to)
          setOpen(false)
        }}
      />
    </Popover>
  )
}

function CustomRange(props: {
  texts: RangePickerTexts
  from: string
  to: string
  max: string | undefined
  onRange: (from: string, to: string) => void
}): ReactNode {
  const { texts } = props
  const [from, setFrom] = useState(props.from)
  const [to, setTo] = useState(props.to)
  const backwards = from !== '' && to !== '' && from > to
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (from !== '' && to !== '' && !backwards) props.onRange(from, to)
  }
  return (
    <form onSubmit={submit} aria-label={texts.custom} className="mt-1.5 border-t border-line px-2.5 pt-3 pb-2">
      <p className="mb-2 text-xs font-medium text-muted">{texts.custom}</p>
      <div className="grid grid-cols-2 gap-2">
        <TextField
          label={texts.from}
          type="date"
          value={from}
          max={props.max}
          onChange={(event) => setFrom(event.target.value)}
          className="px-2! text-sm!"
        />
        <TextField
          label={texts.to}
          type="date"
          value={to}
          max={props.max}
          onChange={(event) => setTo(event.target.value)}
          className="px-2! text-sm!"
        />
      </div>
      {backwards ? (
        <p role="alert" className="mt-2 text-xs font-medium text-bad">
          {texts.backwards}
        </p>
      ) : null}
      <Button type="submit" look="primary" size="sm" className="mt-3 w-full" disabled={backwards}>
        {texts.apply}
      </Button>
    </form>
  )
}

import type { ReactNode } from 'react'
import { formatDay } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import { Choices } from '../../ui/choices.tsx'
import { TextField } from '../../ui/field.tsx'
import { firstDayOf, PASTS, type Past, type PastChoice, type PastProblem } from './past.ts'

export function PastChoices(props: {
  choice: PastChoice
  today: string
  problem: PastProblem | null
  onChange: (choice: PastChoice) => void
}): ReactNode {
  const { choice, today } = props
  const words = texts.connect.places
  const labelOf = (past: Past): string => {
    const label = words.pasts[past]
    return typeof label === 'string' ? label : label(formatDay(firstDayOf({ past, day: '' }, today) ?? today))
  }
  return (
    <div className="flex flex-col gap-3">
      <Choices<Past>
        label={words.past}
        hideLabel
        columns
        value={choice.past}
        choices={PASTS.map((value) => ({ value, label: labelOf(value) }))}
        onChange={(past) => props.onChange({ ...choice, past })}
      />
      {choice.past === 'day' ? (
        <TextField
          label={words.day}
          type="date"
          max={today}
          value={choice.day}
          problem={props.problem === null ? undefined : props.problem === 'future' ? words.dayFuture : words.dayMissing}
          onChange={(event) => props.onChange({ ...choice, day: event.target.value })}
          fieldClassName="max-w-48"
        />
      ) : null}
    </div>
  )
}

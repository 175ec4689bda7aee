import { CircleHelp } from 'lucide-react'
import { type ReactNode, type RefObject, useId } from 'react'
import { CurrencyOptions, ZoneOptions } from '../../app/choices.tsx'
import { texts } from '../../app/texts.ts'
import type { FileDetection } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { classes } from '../../ui/classes.ts'
import { CheckField, SelectField } from '../../ui/field.tsx'
import { withChoice } from './choices.ts'
import type { Corrections } from './corrections.ts'
import type { Question } from './questions.ts'

/** What only a person can say, each with the readings shown on a cell of their own file. */
export function Questions(props: {
  open: readonly Question[]
  answered: readonly Question[]
  agreed: ReadonlySet<string>
  onAgree: (key: string, agrees: boolean) => void
  corrections: Corrections
  fixed: boolean
  detection: FileDetection
  first: RefObject<HTMLDivElement | null>
}): ReactNode {
  const { open, answered } = props
  const words = texts.imports.questions
  if (open.length + answered.length === 0) return null
  return (
    <div ref={props.first} tabIndex={-1} className="scroll-mt-4 rounded-lg outline-none">
      <Card
        className={open.length === 0 ? '' : 'border-warn/60'}
        title={
          <span className="flex items-center gap-2">
            <CircleHelp className="size-5 text-warn" aria-hidden="true" />
            {open.length === 0 ? words.answered : words.title}
          </span>
        }
        say={open.length === 0 ? words.answeredSay : words.say}
      >
        <div className="flex flex-col gap-5">
          {[...open, ...answered].map((question) => (
            <OneQuestion key={question.key} question={question} {...props} />
          ))}
        </div>
      </Card>
    </div>
  )
}

function OneQuestion(props: {
  question: Question
  agreed: ReadonlySet<string>
  onAgree: (key: string, agrees: boolean) => void
  corrections: Corrections
  fixed: boolean
  detection: FileDetection
}): ReactNode {
  const { question, corrections } = props
  const words = texts.imports.questions
  if (question.kind === 'agree') {
    return (
      <div>
        <p className="text-pretty">{question.ask}</p>
        <CheckField
          label={words.agree}
          aria-label={`${words.agree}: ${question.ask}`}
          checked={props.agreed.has(question.key)}
          disabled={props.fixed}
          onChange={(event) => props.onAgree(question.key, event.target.checked)}
          className="mt-1.5 text-sm"
        />
      </div>
    )
  }
  if (question.kind === 'currency' || question.kind === 'zone') {
    const name = question.kind
    const guess = name === 'currency' ? props.detection.currency : props.detection.zone
    return (
      <SelectField
        label={question.ask}
        hint={question.say ?? undefined}
        value={corrections.choices[name] ?? ''}
        disabled={props.fixed}
        onChange={(event) => corrections.change(withChoice(corrections.choices, name, event.target.value))}
        fieldClassName="max-w-96"
      >
        <option value="" disabled>
          {`${texts.none} (${words.guess}: ${guess})`}
        </option>
        {name === 'currency' ? <CurrencyOptions also={guess} /> : <ZoneOptions also={guess} />}
      </SelectField>
    )
  }
  return <Choice question={question} corrections={corrections} fixed={props.fixed} />
}

function Choice(props: { question: Question; corrections: Corrections; fixed: boolean }): ReactNode {
  const { question, corrections } = props
  const name = useId()
  return (
    <fieldset disabled={props.fixed}>
      <legend className="font-medium text-pretty">{question.ask}</legend>
      {question.say === null ? null : <p className="text-sm text-pretty text-muted">{question.say}</p>}
      <div className="mt-2 grid gap-2 sm:grid-cols-2">
        {question.readings.map((reading) => (
          <label
            key={reading.value}
            className={classes(
              'flex cursor-pointer items-start gap-3 rounded-md border border-edge px-3 py-2.5 transition-colors',
              'hover:border-faint has-checked:border-accent has-checked:bg-accent-soft',
              'has-focus-visible:outline-2 has-focus-visible:outline-accent',
            )}
          >
            <input
              type="radio"
              name={name}
              value={reading.value}
              checked={question.chosen === reading.value}
              onChange={() => corrections.change(reading.apply(corrections.choices))}
              className="mt-1 size-4 shrink-0 accent-accent"
            />
            <span className="min-w-0">
              <span className="flex flex-wrap items-center gap-2 font-medium">
                {reading.label}
                {question.chosen === null && reading.guessed ? <Badge>{texts.imports.questions.guess}</Badge> : null}
              </span>
              {reading.example === null ? null : (
                <span className="num block text-sm break-words text-muted">{reading.example}</span>
              )}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

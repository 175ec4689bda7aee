import { type ReactNode, useState } from 'react'
import { CurrencyOptions, ZoneOptions } from '../../app/choices.tsx'
import { texts, wordFor } from '../../app/texts.ts'
import type { FileChoices, FileDetection } from '../../app/wire.ts'
import { Card } from '../../ui/card.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { AMOUNT_ROLES, type AmountRole, DELIMITERS, withChoice, withLevel } from './choices.ts'
import type { Corrections } from './corrections.ts'
import { currencyName } from './sentence.ts'

const ENCODINGS = ['utf-8', 'windows-1252', 'utf-16le', 'utf-16be'] as const
const DATE_ORDERS = ['ymd', 'dmy', 'mdy'] as const
const GRAINS = ['item', 'sale', 'payment', 'mixed'] as const
const MARKS = ['.', ','] as const
const TAXES = ['included', 'added'] as const
const LEVELS = ['line', 'sale'] as const

type Parts = { readonly corrections: Corrections; readonly fixed: boolean }

/** How the file is written, each habit left to us or said by the person. */
export function Layout(props: Parts & { detection: FileDetection }): ReactNode {
  const { detection, corrections } = props
  const words = texts.imports.layout
  return (
    <Card title={words.title} say={words.say} busy={corrections.busy}>
      <div className="grid gap-x-5 gap-y-4 sm:grid-cols-2">
        <Meaning {...props} />
        <Money {...props} />
        <Writing {...props} guessed={detection} />
      </div>
      {detection.preamble.length === 0 ? null : (
        <details className="mt-5">
          <summary className="w-fit rounded-sm text-sm font-medium text-accent hover:underline">
            {words.above(detection.preamble.length)}
          </summary>
          <pre className="mt-2 max-h-48 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs">
            {detection.preamble.join('\n')}
          </pre>
        </details>
      )}
    </Card>
  )
}

/** What can be said of a file in which no table of sales was found. */
export function WritingAlone(props: Parts): ReactNode {
  return (
    <div className="grid gap-x-5 gap-y-4 sm:grid-cols-2">
      <Writing {...props} guessed={null} />
    </div>
  )
}

function Meaning(props: Parts & { detection: FileDetection }): ReactNode {
  const { detection, corrections } = props
  const { choices, change } = corrections
  const words = texts.imports.layout
  return (
    <>
      {detection.preset === null && choices.preset === undefined ? null : (
        <SelectField
          label={words.preset}
          value={choices.preset === null ? 'none' : ''}
          disabled={props.fixed}
          onChange={(event) => change(withChoice(choices, 'preset', event.target.value === 'none' ? null : undefined))}
        >
          <option value="">
            {detection.preset === null ? words.automatic : words.presetOn(detection.preset.name)}
          </option>
          <option value="none">{words.presetOff}</option>
        </SelectField>
      )}
      <Choice
        {...props}
        label={words.grain}
        name="grain"
        values={GRAINS}
        names={words.grains}
        guessed={words.grains[detection.grain]}
      />
      <Choice
        {...props}
        label={words.dates}
        name="date_order"
        values={DATE_ORDERS}
        names={words.dateOrders}
        guessed={detection.date_order === null ? words.noDates : words.dateOrders[detection.date_order]}
      />
      <Choice
        {...props}
        label={words.decimal}
        name="decimal_mark"
        values={MARKS}
        names={words.decimals}
        guessed={words.decimals[detection.decimal_mark]}
      />
      <SelectField
        label={words.zone}
        value={choices.zone ?? ''}
        disabled={props.fixed}
        onChange={(event) => change(withChoice(choices, 'zone', chosen(event.target.value)))}
      >
        <option value="">{words.auto(detection.zone.replaceAll('_', ' '))}</option>
        <ZoneOptions also={detection.zone} />
      </SelectField>
    </>
  )
}

function Money(props: Parts & { detection: FileDetection }): ReactNode {
  const { detection, corrections } = props
  const { choices, change } = corrections
  const words = texts.imports.layout
  const headings = AMOUNT_ROLES.flatMap((role) => {
    const column = detection.columns.find((one) => one.role === role)
    return column === undefined || detection.grain === 'sale' ? [] : [{ role, heading: column.header }]
  })
  return (
    <>
      <SelectField
        label={words.currency}
        value={choices.currency ?? ''}
        disabled={props.fixed}
        onChange={(event) => change(withChoice(choices, 'currency', chosen(event.target.value)))}
      >
        <option value="">{words.auto(currencyName(detection.currency))}</option>
        <CurrencyOptions also={detection.currency} />
      </SelectField>
      <Choice
        {...props}
        label={words.tax}
        name="tax"
        values={TAXES}
        names={words.taxes}
        guessed={words.taxes[detection.tax]}
      />
      {headings.map(({ role, heading }) => (
        <LevelField key={role} {...props} role={role} heading={heading} />
      ))}
    </>
  )
}

function LevelField(props: Parts & { detection: FileDetection; role: AmountRole; heading: string }): ReactNode {
  const { detection, corrections, role } = props
  const words = texts.imports.layout
  const { choices } = corrections
  return (
    <SelectField
      label={words.level(props.heading)}
      value={choices.levels?.[role] ?? ''}
      disabled={props.fixed}
      onChange={(event) => {
        const level = LEVELS.find((one) => one === event.target.value)
        corrections.change(withLevel(choices, role, level))
      }}
    >
      <option value="">{words.auto(words.levels[detection.levels[role]])}</option>
      {LEVELS.map((level) => (
        <option key={level} value={level}>
          {words.levels[level]}
        </option>
      ))}
    </SelectField>
  )
}

function Writing(props: Parts & { guessed: FileDetection | null }): ReactNode {
  const { guessed } = props
  const words = texts.imports.layout
  return (
    <>
      <Choice
        {...props}
        label={words.delimiter}
        name="delimiter"
        values={DELIMITERS}
        names={words.delimiters}
        guessed={guessed === null ? null : wordFor(words.delimiters, guessed.delimiter)}
      />
      <Choice
        {...props}
        label={words.encoding}
        name="encoding"
        values={ENCODINGS}
        names={words.encodings}
        guessed={guessed === null ? null : words.encodings[guessed.encoding]}
      />
      <HeaderRow {...props} />
    </>
  )
}

/** A list of which the first entry leaves the matter to us. */
function Choice<Name extends 'grain' | 'date_order' | 'decimal_mark' | 'tax' | 'delimiter' | 'encoding'>(
  props: Parts & {
    label: string
    name: Name
    values: readonly NonNullable<FileChoices[Name]>[]
    names: Readonly<Record<string, string>>
    guessed: string | null
  },
): ReactNode {
  const { choices, change } = props.corrections
  const words = texts.imports.layout
  return (
    <SelectField
      label={props.label}
      value={choices[props.name] ?? ''}
      disabled={props.fixed}
      onChange={(event) => {
        const value = props.values.find((one) => one === event.target.value)
        change(withChoice(choices, props.name, value))
      }}
    >
      <option value="">{props.guessed === null ? words.automatic : words.auto(props.guessed)}</option>
      {props.values.map((value) => (
        <option key={value} value={value}>
          {wordFor(props.names, value)}
        </option>
      ))}
    </SelectField>
  )
}

/** Sent when the person leaves the field or presses Enter: half a number is another row. */
function HeaderRow(props: Parts & { guessed: FileDetection | null }): ReactNode {
  const { choices, change } = props.corrections
  const words = texts.imports.layout
  const standing = choices.header_row?.toString() ?? ''
  const [{ text, known }, setText] = useState({ text: standing, known: standing })
  if (known !== standing) setText({ text: standing, known: standing })
  const settle = (): void => {
    const row = Number(text)
    const valid = text !== '' && Number.isInteger(row) && row >= 1 && row <= 1_000
    if (!valid && text !== '') setText({ text: standing, known })
    else change(withChoice(choices, 'header_row', valid ? row : undefined))
  }
  return (
    <TextField
      label={words.headerRow}
      hint={words.headerHint}
      type="number"
      min={1}
      max={1000}
      inputMode="numeric"
      value={text}
      disabled={props.fixed}
      placeholder={props.guessed === null ? words.automatic : words.auto(String(props.guessed.header_row))}
      onChange={(event) => setText({ text: event.target.value, known })}
      onBlur={settle}
      onKeyDown={(event) => {
        if (event.key === 'Enter') settle()
      }}
    />
  )
}

function chosen(value: string): string | undefined {
  return value === '' ? undefined : value
}

import type { ReactNode } from 'react'
import { formatDay } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { NoticePreferences } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { CheckField, TextField } from '../../ui/field.tsx'
import type { Wishes } from './wishes.ts'

/** A number is taken together with the consent to it, and never shown whole again. */
export function Phone(props: {
  wishes: Wishes
  onChange: (wishes: Wishes) => void
  standing: NoticePreferences
  problem: string | undefined
  unagreed: string | undefined
}): ReactNode {
  const { wishes, onChange, standing } = props
  const words = texts.notices.page
  const isTyping = typeof wishes.phone === 'string'
  const { phone: digits, phone_agreed_at: agreedAt } = standing
  return (
    <div className="flex max-w-xl flex-col gap-3">
      {digits === null || wishes.phone === null ? (
        <p className="text-muted">{words.phoneNone}</p>
      ) : (
        <p>{words.phoneStands(digits, agreedAt === null ? texts.none : formatDay(agreedAt.slice(0, 10)))}</p>
      )}
      {isTyping || (digits === null && wishes.phone === undefined) ? (
        <>
          <TextField
            label={words.phoneNew}
            hint={words.phoneHint}
            type="tel"
            inputMode="tel"
            autoComplete="tel"
            value={wishes.phone ?? ''}
            problem={props.problem}
            onChange={(event) =>
              onChange({ ...wishes, phone: event.target.value === '' ? undefined : event.target.value })
            }
          />
          <CheckField
            label={words.agree}
            checked={wishes.agreed}
            onChange={(event) => onChange({ ...wishes, agreed: event.target.checked })}
          />
          {props.unagreed === undefined ? null : (
            <p role="alert" className="text-xs font-medium text-bad">
              {props.unagreed}
            </p>
          )}
        </>
      ) : (
        <div className="flex flex-wrap gap-2">
          <Button size="sm" onClick={() => onChange({ ...wishes, phone: '' })}>
            {words.phoneChange}
          </Button>
          {wishes.phone === null ? null : (
            <Button size="sm" className="text-bad" onClick={() => onChange({ ...wishes, phone: null })}>
              {words.phoneForget}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}

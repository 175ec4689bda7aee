import type { ReactNode } from 'react'
import { ZoneOptions } from '../../app/choices.tsx'
import { texts } from '../../app/texts.ts'
import { CheckField, SelectField, TextField } from '../../ui/field.tsx'
import type { Wishes } from './wishes.ts'

export function QuietHours(props: { wishes: Wishes; onChange: (wishes: Wishes) => void }): ReactNode {
  const { wishes, onChange } = props
  const words = texts.notices.page
  return (
    <div className="flex flex-col gap-3">
      <CheckField
        label={words.quietOn}
        checked={wishes.quiet}
        onChange={(event) => onChange({ ...wishes, quiet: event.target.checked })}
      />
      {wishes.quiet ? (
        <>
          <div className="grid max-w-xl gap-3 sm:grid-cols-[8rem_8rem_1fr]">
            <TextField
              label={words.from}
              type="time"
              required
              value={wishes.from}
              onChange={(event) => onChange({ ...wishes, from: event.target.value })}
            />
            <TextField
              label={words.until}
              type="time"
              required
              value={wishes.until}
              onChange={(event) => onChange({ ...wishes, until: event.target.value })}
            />
            <SelectField
              label={words.zone}
              value={wishes.zone}
              onChange={(event) => onChange({ ...wishes, zone: event.target.value })}
            >
              <ZoneOptions also={wishes.zone} />
            </SelectField>
          </div>
          <CheckField
            label={words.urgent}
            hint={words.urgentSay}
            checked={wishes.urgent}
            onChange={(event) => onChange({ ...wishes, urgent: event.target.checked })}
          />
        </>
      ) : null}
    </div>
  )
}

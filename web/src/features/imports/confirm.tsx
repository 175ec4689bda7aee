import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useTenantApi } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { FileNote, Import } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { CheckField } from '../../ui/field.tsx'
import { importQuery } from './queries.ts'

const ICONS = { info: Info, warning: TriangleAlert, confirm: CircleAlert } as const
const TONES = { info: 'text-info', warning: 'text-warn', confirm: 'text-bad' } as const
const WEIGHT: readonly FileNote['severity'][] = ['confirm', 'warning', 'info']

/** What a person should know of the file, each doubt to be ticked off, then the go. */
export function Confirm(props: { run: Import }): ReactNode {
  const { run } = props
  const api = useTenantApi()
  const client = useQueryClient()
  const [agreed, setAgreed] = useState<ReadonlySet<string>>(new Set())
  const notes = [...(run.detection?.notes ?? [])].sort(
    (a, b) => WEIGHT.indexOf(a.severity) - WEIGHT.indexOf(b.severity),
  )
  const open = notes.filter((note) => note.severity === 'confirm' && !agreed.has(note.code))
  const confirming = useMutation({
    mutationFn: () => api.post<Import>(api.path(`imports/${run.id}/confirm`)),
    onSuccess: (answer) => client.setQueryData(importQuery(api, run.id).queryKey, answer),
  })
  return (
    <Card title={notes.length === 0 ? texts.imports.ready : texts.imports.notes}>
      {notes.length === 0 ? <p className="text-sm text-muted">{texts.imports.readySay}</p> : null}
      <ul className="flex flex-col gap-3">
        {notes.map((note) => {
          const Icon = ICONS[note.severity]
          return (
            <li key={note.code} className="flex items-start gap-3">
              <Icon className={`mt-0.5 size-4.5 shrink-0 ${TONES[note.severity]}`} aria-hidden="true" />
              <div className="min-w-0">
                <p>
                  <span className="sr-only">{texts.imports.note[note.severity]}: </span>
                  {note.say}
                </p>
                {note.severity === 'confirm' ? (
                  <CheckField
                    label={texts.imports.agree}
                    aria-label={`${texts.imports.agree}: ${note.say}`}
                    checked={agreed.has(note.code)}
                    onChange={(event) => {
                      const next = new Set(agreed)
                      if (event.target.checked) next.add(note.code)
                      else next.delete(note.code)
                      setAgreed(next)
                    }}
                    className="mt-1 text-sm"
                  />
                ) : null}
              </div>
            </li>
          )
        })}
      </ul>
      {confirming.isError ? (
        <div className="mt-4">
          <ProblemNotice title={texts.imports.confirmFailed} error={confirming.error} compact />
        </div>
      ) : null}
      <div className="mt-5 flex flex-wrap items-center gap-3">
        <Button
          look="primary"
          onClick={() => confirming.mutate()}
          disabled={open.length > 0}
          busy={confirming.isPending}
        >
          {texts.imports.confirm}
        </Button>
        {open.length > 0 ? <p className="text-sm text-muted">{texts.imports.confirmFirst}</p> : null}
      </div>
    </Card>
  )
}

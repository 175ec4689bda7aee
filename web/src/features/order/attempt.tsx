import { ChevronRight, Copy } from 'lucide-react'
import type { ReactNode } from 'react'
import { texts, wordFor } from '../../app/texts.ts'
import { When } from '../../app/when.tsx'
import type { PushAttempt, PushCall } from '../../app/wire.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { IconButton } from '../../ui/button.tsx'
import { JsonView } from '../../ui/json.tsx'
import { toast } from '../../ui/toast.tsx'

const TONES: Readonly<Record<string, Tone>> = {
  accepted: 'good',
  found: 'good',
  cancelled: 'good',
  amended: 'good',
  reported: 'plain',
  refused: 'bad',
  undecidable: 'bad',
  impossible: 'bad',
}

/** One try: what came of it, and each of its calls with what was asked and what came back. */
export function Attempt(props: { attempt: PushAttempt; zone: string }): ReactNode {
  const { attempt, zone } = props
  const { result, ended_at: endedAt } = attempt
  const words = texts.order.timeline
  const took = endedAt === null ? null : Date.parse(endedAt) - Date.parse(attempt.started_at)
  const notes = [
    words.attempt(attempt.no),
    ...(attempt.retry_no > 0 ? [words.retryNo(attempt.retry_no)] : []),
    ...(took === null ? [] : [texts.time.milliseconds(took)]),
  ]
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium">{words.steps[attempt.step]}</span>
        <Badge tone={result === null ? 'info' : (TONES[result] ?? 'warn')}>
          {result === null ? words.running : wordFor(words.results, result)}
        </Badge>
        <span className="num text-xs text-muted">{notes.join(' · ')}</span>
      </p>
      {attempt.say === null && attempt.error_code === null ? null : (
        <p className="text-sm text-pretty text-muted">
          {attempt.say} {attempt.error_code === null ? null : <code className="text-xs">{attempt.error_code}</code>}
        </p>
      )}
      {attempt.calls.length === 0 ? null : (
        <ul aria-label={words.calls(attempt.calls.length)} className="mt-1.5 flex flex-col gap-1.5">
          {attempt.calls.map((call, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: calls are only ever added at the end
            <li key={at}>
              <Call call={call} zone={zone} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function Call(props: { call: PushCall; zone: string }): ReactNode {
  const { call, zone } = props
  const words = texts.order.timeline
  const isWell = call.verdict === 'ok'
  const status =
    call.status === null ? (call.never_sent === true ? words.neverSent : words.noAnswer) : String(call.status)
  return (
    <details className="group/call rounded-md border border-line open:bg-sunken/40">
      <summary
        aria-label={words.open(call.name)}
        className="flex cursor-pointer list-none flex-wrap items-center gap-x-2 gap-y-0.5 rounded-md px-2.5 py-1.5 text-xs"
      >
        <ChevronRight
          className="size-3.5 text-faint transition-transform group-open/call:rotate-90"
          aria-hidden="true"
        />
        <code className="min-w-0 font-medium break-all">
          {call.method} {call.path}
        </code>
        <Badge tone={isWell ? 'good' : call.verdict === null ? 'info' : 'bad'}>{status}</Badge>
        <span className="num ml-auto text-muted">
          {call.took_ms === null ? '' : texts.time.milliseconds(call.took_ms)}
        </span>
      </summary>
      <div className="flex flex-col gap-3 px-2.5 pt-1 pb-2.5">
        <p className="text-xs text-muted">
          {call.name} · {call.writes ? words.writes : words.reads} · <When at={call.begun_at} zone={zone} as="exact" />
          {isWell || call.verdict === null ? null : (
            <>
              {' '}
              · <code>{call.verdict}</code>
            </>
          )}
        </p>
        <Body label={words.request} value={call.request} />
        <Body label={words.answer} value={call.answer} />
      </div>
    </details>
  )
}

export function Body(props: { label: string; value: unknown }): ReactNode {
  const { label, value } = props
  const words = texts.order.timeline
  const isNothing = value === null || value === undefined || value === ''
  const copy = (): void => {
    const written = navigator.clipboard?.writeText(JSON.stringify(value, null, 2)) ?? Promise.reject(new Error('none'))
    written.then(
      () => toast(words.copied),
      () => toast(words.copyFailed, 'bad'),
    )
  }
  return (
    <div className="min-w-0">
      <div className="flex h-7 items-center justify-between">
        <h4 className="text-xs font-medium text-muted">{label}</h4>
        {isNothing ? null : (
          <IconButton label={words.copy(label)} onClick={copy} className="size-7!">
            <Copy className="size-3.5" aria-hidden="true" />
          </IconButton>
        )}
      </div>
      {isNothing ? (
        <p className="text-xs text-faint">{words.nothing}</p>
      ) : (
        <JsonView label={label} value={value} className="max-h-80" />
      )}
    </div>
  )
}

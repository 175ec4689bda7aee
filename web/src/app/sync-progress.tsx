import type { ReactNode } from 'react'
import { Badge, type Tone } from '../ui/badge.tsx'
import { Progress } from '../ui/progress.tsx'
import { formatAhead, formatDay, formatDuration, formatNumber } from './format.ts'
import { useNow } from './sites.ts'
import { texts } from './texts.ts'
import type { Sync, SyncState } from './wire.ts'

export const SYNC_TONES: Readonly<Record<SyncState, Tone>> = {
  queued: 'plain',
  running: 'info',
  waiting: 'warn',
  done: 'good',
  partial: 'warn',
  failed: 'bad',
  cancelled: 'plain',
}

/** A sync that is under way: how far it is, how fast, and how long it may take. */
export function SyncProgress(props: { sync: Sync; zone: string; actions?: ReactNode }): ReactNode {
  const { sync, zone } = props
  const now = useNow(5_000)
  const words = texts.connections.syncs
  const { progress } = sync
  const share = progress.total === null || progress.total === 0 ? null : progress.done / progress.total
  const title = words.modes[sync.mode]
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <p className="flex items-center gap-2 font-medium">
          {title}
          <Badge tone={SYNC_TONES[sync.state]}>{words.states[sync.state]}</Badge>
        </p>
        <p className="num text-sm text-muted">{doneWords(sync)}</p>
      </div>
      <Progress label={words.progress(title)} value={share} />
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1">
        <p className="num min-w-0 flex-1 text-sm text-pretty text-muted">
          {[...found(sync), ...paceWords(sync, zone)].join(' · ')}
        </p>
        {props.actions}
      </div>
      {sync.state === 'waiting' || sync.error !== null ? (
        <p className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          {sync.error === null ? '' : `${sync.error.detail} `}
          {sync.due_at === null ? '' : `${capital(formatAhead(sync.due_at, now, words))}.`}
        </p>
      ) : null}
    </div>
  )
}

function doneWords({ progress }: Sync): string {
  const words = texts.connections.syncs
  const done = formatNumber(progress.done)
  if (progress.unit === 'windows') {
    return progress.total === null ? '' : words.windows(done, formatNumber(progress.total))
  }
  return progress.total === null ? words.daysOnly(done) : words.days(done, formatNumber(progress.total))
}

function foundWords(sync: Sync): string[] {
  const parts = found(sync)
  return parts.length === 0 ? [texts.connections.syncs.nothingNew] : parts
}

function found({ counts }: Sync): string[] {
  const words = texts.connections.syncs
  return [
    counts.created > 0 ? words.newOnes(counts.created) : null,
    counts.updated > 0 ? words.changed(counts.updated) : null,
    counts.failed > 0 ? words.failedOnes(counts.failed) : null,
  ].filter((one) => one !== null)
}

function paceWords({ progress }: Sync, zone: string): string[] {
  const words = texts.connections.syncs
  const { covered_from: from, records_per_second: rate, calls_left: calls, seconds_left: seconds } = progress
  return [
    from === null ? null : words.backTo(formatDay(dayOf(from, zone))),
    rate === null || rate === 0 ? null : words.rate(formatNumber(rate)),
    calls === null ? null : words.callsLeft(calls),
    seconds === null ? null : words.timeLeft(formatDuration(seconds)),
  ].filter((one) => one !== null)
}

/** What a sync found, in few words. */
export function syncFound(sync: Sync): string {
  return foundWords(sync).join(' · ')
}

/** The calendar day of a moment on a clock. */
export function dayOf(instant: string, zone: string): string {
  // The Swedish way to write a date is ISO's.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(new Date(instant))
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

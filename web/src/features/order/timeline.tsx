import type { ReactNode } from 'react'
import { useActorName } from '../../app/actors.ts'
import { formatTime, formatTimeExact } from '../../app/format.ts'
import { texts, wordFor } from '../../app/texts.ts'
import type { OrderDetail, OrderHistoryEntry, PushTimeline } from '../../app/wire.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { classes } from '../../ui/classes.ts'
import { Attempt } from './attempt.tsx'
import { happeningsOf } from './happenings.ts'

/** Everything that happened, from the first word to the last, with every try and its calls. */
export function Timeline(props: { order: OrderDetail; push: PushTimeline | undefined; zone: string }): ReactNode {
  const { order, push, zone } = props
  const words = texts.order.timeline
  return (
    <Card className="max-xl:order-4" title={words.title} say={`${words.say} ${texts.time.zone(zone)}.`}>
      <ol aria-label={words.title} className="flex flex-col">
        {happeningsOf(order, push).map((one) => (
          <li key={one.key} className="group grid grid-cols-[4.25rem_1.25rem_minmax(0,1fr)] gap-x-1">
            <time dateTime={one.at} className="num pt-0.5 text-xs text-faint">
              {formatTimeExact(one.at, zone)}
            </time>
            <span aria-hidden="true" className="flex flex-col items-center">
              <span className="mt-1.5 size-2 rounded-full bg-edge" />
              <span className="w-px flex-1 bg-line group-last:hidden" />
            </span>
            <div className="min-w-0 pb-4">
              {one.kind === 'said' ? (
                <Said entry={one.entry} zone={zone} />
              ) : (
                <Attempt attempt={one.attempt} zone={zone} />
              )}
            </div>
          </li>
        ))}
      </ol>
    </Card>
  )
}

function Said(props: { entry: OrderHistoryEntry; zone: string }): ReactNode {
  const { entry, zone } = props
  const nameOf = useActorName()
  const words = texts.order.timeline
  const by = nameOf(entry.by)
  const fields = entry.changed.map((field) => wordFor(texts.order.fields, field)).join(', ')
  const notes = [
    entry.moved ? null : words.late,
    fields === '' ? null : words.changed(fields),
    entry.ready_at === null ? null : words.ready(formatTime(entry.ready_at, zone)),
    entry.version === null || entry.version === 1 ? null : words.versionOf(entry.version),
  ].filter((note) => note !== null)
  return (
    <>
      <p className={classes('flex flex-wrap items-center gap-x-2 gap-y-1', !entry.moved && 'text-muted')}>
        <span className="font-medium">
          {entry.kind === 'progress' ? texts.orderStates.progress[entry.progress ?? 'placed'] : words.said[entry.kind]}
        </span>
        <span className="text-xs text-muted">{by}</span>
        {entry.kind === 'cancel_refused' ? <Badge tone={'warn' satisfies Tone}>{words.results.refused}</Badge> : null}
      </p>
      {notes.length === 0 ? null : <p className="text-xs text-muted">{notes.join(' · ')}</p>}
      {entry.reason === null ? null : <p className="text-sm text-pretty text-muted">{entry.reason}</p>}
      {entry.note === null ? null : <p className="text-sm text-pretty italic">{texts.order.noteOfItem(entry.note)}</p>}
    </>
  )
}

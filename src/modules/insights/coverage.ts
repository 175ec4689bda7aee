import { addDays, type LocalDate } from '#kernel/instant.ts'
import { earlierOf, laterOf, lengthOf, type Window } from './window.ts'
import type { WireCoverage } from './wire.ts'

// A figure knows what it was not told. A source of files knows the days from its first to its last one: outside them
// nobody gave anything. A connected source is believed to be silent because nothing was sold, from its first day on and
// until it is disconnected. Nothing here guesses at holes inside a span: a closed day looks just the same.

export type CoverageSource = {
  readonly id: string
  readonly name: string
  /** Nothing but files comes from it. */
  readonly filesOnly: boolean
  readonly disconnected: boolean
  /** First and last business day that it has anything on, at any place. */
  readonly span: Window | null
}

type Gap = WireCoverage['gaps'][number]

const REASONS_SAID = 3

/** `today` is the running business day: the earliest of all places concerned. */
export function coverageOf(window: Window, sources: readonly CoverageSource[], today: LocalDate): WireCoverage {
  if (sources.length === 0) {
    return {
      state: 'unknown',
      gaps: [{ ...window, connection_id: null, reason: 'no connection brings data for these days' }],
      say: 'Unknown: no connection brings data here yet.',
    }
  }
  const yesterday = addDays(today, -1)
  const pastTo = earlierOf(window.to, yesterday)
  const silent = sources.flatMap((source) => gapsOf(source, { from: window.from, to: pastTo }))
  const gaps = [...silent, ...unfinished(window, today)]
  if (gaps.length === 0) {
    const days = lengthOf(window)
    const which = sources.length === 1 ? 'the connection has' : `all ${sources.length} connections have`
    return {
      state: 'complete',
      gaps,
      say: `Complete: ${which} data for ${days === 1 ? 'this day' : `all ${days} days`}.`,
    }
  }
  return { state: 'partial', gaps, say: partialSentence(gaps, new Map(sources.map(({ id, name }) => [id, name]))) }
}

/** `past` may be empty (it ends before it begins): a window that begins today has no past to be told. */
function gapsOf(source: CoverageSource, past: Window): Gap[] {
  const { span } = source
  const gap = (from: LocalDate, to: LocalDate, reason: string): Gap[] =>
    from <= to ? [{ from, to, connection_id: source.id, reason }] : []
  if (span === null) return gap(past.from, past.to, 'nothing has arrived from it yet')
  const before = span.from > past.from ? earlierOf(addDays(span.from, -1), past.to) : null
  const after = span.to < past.to ? laterOf(addDays(span.to, 1), past.from) : null
  const notGiven = 'no data was given for these days'
  return [
    ...(before === null ? [] : gap(past.from, before, source.filesOnly ? notGiven : 'its data begin later')),
    ...(after === null || !(source.filesOnly || source.disconnected)
      ? []
      : gap(after, past.to, source.filesOnly ? notGiven : 'it is disconnected')),
  ]
}

function unfinished(window: Window, today: LocalDate): Gap[] {
  if (window.to < today) return []
  const gaps: Gap[] = []
  if (window.from <= today) gaps.push({ from: today, to: today, connection_id: null, reason: 'today is not over' })
  const tomorrow = laterOf(addDays(today, 1), window.from)
  if (window.to >= tomorrow) {
    gaps.push({ from: tomorrow, to: window.to, connection_id: null, reason: 'these days are still to come' })
  }
  return gaps
}

function partialSentence(gaps: readonly Gap[], names: ReadonlyMap<string, string>): string {
  const clauses = gaps.map((gap) => {
    if (gap.connection_id === null) return gap.from === gap.to ? gap.reason : `${gap.reason} (${daysText(gap)})`
    return `${names.get(gap.connection_id)}: ${gap.reason} (${daysText(gap)})`
  })
  const more = clauses.length - REASONS_SAID
  return `Partial: ${clauses.slice(0, REASONS_SAID).join('; ')}${more > 0 ? `; and ${more} more gaps` : ''}.`
}

function daysText(gap: Gap): string {
  return gap.from === gap.to ? gap.from : `${gap.from} to ${gap.to}`
}

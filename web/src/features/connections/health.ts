import { formatAhead, formatDay, formatDuration } from '../../app/format.ts'
import { dayOf } from '../../app/sync-progress.tsx'
import { texts } from '../../app/texts.ts'
import type { Connection, Sync, SyncStatus, WebhookStatus } from '../../app/wire.ts'
import type { Tone } from '../../ui/badge.tsx'

// How a connection does, in one word and one sentence. The worst thing that a person can do something about comes first.

export type HealthState = keyof typeof texts.connections.health.states
export type Health = { readonly state: HealthState; readonly tone: Tone; readonly say: string }

export type HealthFacts = {
  readonly connection: Connection
  /** Null while it is not known. */
  readonly sync: SyncStatus | null
  readonly told: WebhookStatus['connections'][number] | null
  readonly newestSaleAt: string | null
  readonly zone: string
  readonly now: number
}

const TONES = {
  live: 'good',
  catching_up: 'info',
  behind: 'warn',
  needs_sign_in: 'bad',
  places: 'warn',
  waiting: 'warn',
  failed: 'bad',
  webhooks: 'warn',
  silent: 'warn',
  disconnected: 'plain',
} as const satisfies Record<HealthState, Tone>

/** A shop that is closed over a long weekend is not silent. */
const SILENT_MS = 4 * 86_400_000
const BEHIND_SECONDS = 60
const BROKEN_WEBHOOKS: readonly string[] = ['missing', 'disabled', 'elsewhere', 'failed']

export function healthOf(facts: HealthFacts): Health {
  const [state, say] = judged(facts)
  return { state, tone: TONES[state], say }
}

function judged({ connection, sync, told, newestSaleAt, zone, now }: HealthFacts): readonly [HealthState, string] {
  const words = texts.connections.health
  if (connection.state === 'disconnected') return ['disconnected', words.disconnected]
  if (connection.state === 'needs_sign_in') return ['needs_sign_in', words.needsSignIn]
  if (connection.locations !== 'all' && connection.locations.length === 0) return ['places', words.places]
  const current = sync?.current ?? []
  const waiting = current.find((one) => one.state === 'waiting')
  if (waiting?.due_at) {
    const when = formatAhead(waiting.due_at, now, { goesOn: (ahead) => ahead, soon: texts.time.justNow })
    return ['waiting', words.waiting(when)]
  }
  const failed = lastFailure(connection, sync)
  if (failed !== null) return ['failed', words.failed(failed.error?.detail ?? texts.errors.brokenSay)]
  const past = current.find((one) => one.mode === 'backfill' || one.mode === 'full')
  if (past !== undefined) return ['catching_up', catchingUp(past, zone)]
  if (told !== null && told.lag_seconds > BEHIND_SECONDS)
    return ['behind', words.behind(formatDuration(told.lag_seconds))]
  const { webhooks } = connection
  if (webhooks !== null && BROKEN_WEBHOOKS.includes(webhooks.state)) return ['webhooks', webhooks.say]
  const silence = newestSaleAt === null ? 0 : now - new Date(newestSaleAt).getTime()
  if (silence > SILENT_MS) return ['silent', words.silent(formatDays(silence))]
  if (sync !== null && sync.recent.length === 0 && current.length === 0) return ['catching_up', words.firstLook]
  const isTold = webhooks?.state === 'subscribed' || webhooks?.state === 'manual'
  return ['live', isTold ? words.live : words.livePolled]
}

/** The last reading failed. One from before the sign-in was mended says nothing of now. */
function lastFailure({ state_since: since }: Connection, sync: SyncStatus | null): Sync | null {
  const newest = sync?.recent[0]
  if (newest?.state !== 'failed') return null
  return Date.parse(newest.finished_at ?? newest.moved_at) > Date.parse(since) ? newest : null
}

function catchingUp({ progress }: Sync, zone: string): string {
  const words = texts.connections.health
  const from = progress.covered_from
  return from === null ? words.catchingUpStart : words.catchingUp(formatDay(dayOf(from, zone)))
}

function formatDays(ms: number): string {
  return new Intl.NumberFormat(texts.locale, { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(
    Math.floor(ms / 86_400_000),
  )
}

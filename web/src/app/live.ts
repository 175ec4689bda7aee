import type { Query, QueryClient } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'

// The hub tells what happened; whoever shows it asks again. An event is only a hint, so a lost one costs nothing: after
// every reconnection everything that follows events is asked once more.
//
//   connecting → live → lost → live → …       `lost` for more than five seconds is shown to the person.

export type LiveState = 'connecting' | 'live' | 'lost'
const EVENT_TYPES = [
  'sales.recorded',
  'sales.withdrawn',
  'import.detected',
  'import.moved',
  'import.finished',
  'import.failed',
  'import.undone',
  'connection.created',
  'connection.changed',
  'connection.needs_sign_in',
  'connection.expiring',
  'connection.disconnected',
  'sync.started',
  'sync.moved',
  'sync.finished',
  'records.quarantined',
  'records.drifted',
  'order.received',
  'order.amended',
  'order.paid',
  'order.progressed',
  'order.cancel_requested',
  'order.cancel_refused',
  'push.moved',
  'push_target.changed',
  'channel_catalog.changed',
  'item_mapping.changed',
  'item_preflight.changed',
  'task.raised',
  'task.settled',
  'notice.made',
] as const
export type EventType = (typeof EVENT_TYPES)[number]

declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: { readonly follows?: readonly EventType[] }
  }
}

const SETTLE_MS = 300
const HIDDEN_MAX_MS = 30_000
const RETRY_MS_MAX = 15_000
const LOST_SHOWN_AFTER_MS = 5_000

type Standing = { readonly state: LiveState; readonly since: number }
let standing: Standing = { state: 'connecting', since: Date.now() }
const listeners = new Set<() => void>()

function stand(state: LiveState): void {
  if (standing.state === state) return
  standing = { state, since: Date.now() }
  for (const listener of listeners) listener()
}

/** Asks again for what follows the noted events: not at every one, and never while an earlier asking is under way. */
function refresher(client: QueryClient) {
  const noted = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let underWay = false

  function schedule(): void {
    if (timer === undefined && !underWay && noted.size > 0) timer = setTimeout(run, SETTLE_MS)
  }
  async function run(): Promise<void> {
    timer = undefined
    const types = new Set(noted)
    noted.clear()
    underWay = true
    try {
      await client.invalidateQueries({ predicate: (query) => follows(query, types) })
    } finally {
      underWay = false
      schedule()
    }
  }
  return {
    note(type: string): void {
      noted.add(type)
      schedule()
    },
    stop: () => clearTimeout(timer),
  }
}

function follows(query: Query, types: ReadonlySet<string>): boolean {
  return (query.options as { meta?: { follows?: readonly string[] } }).meta?.follows?.some((t) => types.has(t)) ?? false
}

function typeOf(event: MessageEvent): string | null {
  try {
    const told: unknown = JSON.parse(String(event.data))
    if (typeof told !== 'object' || told === null || !('type' in told)) return null
    return typeof told.type === 'string' ? told.type : null
  } catch {
    return null
  }
}

/** Follows one tenant's events until the returned function is called. */
export function followEvents(url: string, client: QueryClient): () => void {
  const refresh = refresher(client)
  let source: EventSource | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let hiding: ReturnType<typeof setTimeout> | undefined
  let retryMs = 1_000
  let missed = false

  function open(): void {
    close()
    source = new EventSource(url)
    source.onopen = () => {
      retryMs = 1_000
      if (missed) for (const type of EVENT_TYPES) refresh.note(type)
      missed = false
      stand('live')
    }
    source.onerror = () => {
      missed = true
      stand('lost')
      // A refused connection is final for the browser; a broken one it mends itself, with the last event's id.
      if (source?.readyState !== EventSource.CLOSED) return
      retry = setTimeout(open, retryMs)
      retryMs = Math.min(RETRY_MS_MAX, retryMs * 2)
    }
    const hear = (event: MessageEvent): void => {
      const type = typeOf(event)
      if (type !== null) refresh.note(type)
    }
    source.onmessage = hear
  }
  function close(): void {
    clearTimeout(retry)
    source?.close()
    source = undefined
  }
  // A browser opens six connections to one hub: tabs that nobody looks at give theirs back.
  function onVisibility(): void {
    clearTimeout(hiding)
    if (document.visibilityState === 'hidden') {
      hiding = setTimeout(() => {
        missed = true
        close()
      }, HIDDEN_MAX_MS)
    } else if (source === undefined) open()
  }

  stand('connecting')
  open()
  document.addEventListener('visibilitychange', onVisibility)
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    clearTimeout(hiding)
    refresh.stop()
    close()
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useLive(): LiveState {
  return useSyncExternalStore(subscribe, () => standing.state)
}

/** True once the connection has been gone long enough to trouble a person with it. */
export function useConnectionLost(): boolean {
  const { state, since } = useSyncExternalStore(subscribe, () => standing)
  const [shown, setShown] = useState(false)
  useEffect(() => {
    if (state === 'live') setShown(false)
    if (state !== 'lost') return
    const timer = setTimeout(() => setShown(true), Math.max(0, since + LOST_SHOWN_AFTER_MS - Date.now()))
    return () => clearTimeout(timer)
  }, [state, since])
  return shown
}

import { Fault } from '#kernel/fault.ts'
import { CallFailed, Garbled } from '../../../../connectors/contract.ts'
import { SYNC_FAULTS, type SyncFaultCode } from './faults.ts'

// What a failed call means for a sync. Too many calls and a provider that is not well are delays: the run waits and says
// so. What is wrong with one stretch of time is tried a few times and then stands there, visible, while the rest goes on.

export type Trouble =
  /** The whole run waits. */
  | { readonly kind: 'wait'; readonly code: SyncFaultCode; readonly say: string; readonly afterMs: number | null }
  /** This window waits, however often; others may be read. One address of a provider can be away alone. */
  | { readonly kind: 'later'; readonly code: SyncFaultCode; readonly say: string; readonly afterMs: number | null }
  /** The whole run ends. */
  | { readonly kind: 'stop'; readonly code: SyncFaultCode; readonly say: string }
  /** This stream cannot be read; others can. */
  | { readonly kind: 'stream'; readonly code: SyncFaultCode; readonly say: string }
  /** The window's cursor is gone; nothing else is. */
  | { readonly kind: 'cursor' }
  /** This window cannot be read just now, and after so many tries not at all. */
  | { readonly kind: 'window'; readonly code: SyncFaultCode; readonly say: string; readonly triesMax: number }

const GARBLED_TRIES_MAX = 5
const REFUSED_TRIES_MAX = 2

/** Null for what is no failure of a call: a mistake of ours, or of the database. */
export function troubleOf(error: unknown): Trouble | null {
  if (error instanceof CallFailed) return troubleOfVerdict(error)
  if (error instanceof Garbled) return inWindow('sync.garbled', error.message, GARBLED_TRIES_MAX)
  if (error instanceof Fault && error.code === 'connections.sign-in-needed') return ended('sync.sign-in-needed')
  if (error instanceof Fault && error.code === 'connections.disconnected') return ended('sync.disconnected')
  return null
}

function troubleOfVerdict({ call, verdict }: CallFailed): Trouble {
  switch (verdict.kind) {
    case 'throttled':
      return { kind: 'wait', ...told('sync.throttled', call), afterMs: verdict.retryAfterMs }
    case 'unavailable':
      return {
        // Nobody is let through any more: then there is no use in trying another window.
        kind: verdict.code === 'breaker_open' ? 'wait' : 'later',
        ...told('sync.unavailable', `${call}: ${verdict.code}`),
        afterMs: verdict.retryAfterMs,
      }
    case 'unreachable':
      return { kind: 'wait', ...told('sync.unavailable', `${call}: ${verdict.code}`), afterMs: null }
    case 'conflict':
      return { kind: 'later', ...told('sync.unavailable', `${call}: ${verdict.code}`), afterMs: null }
    case 'unauthorized':
      return ended('sync.sign-in-needed')
    case 'forbidden':
      return { kind: 'stream', code: 'sync.forbidden', say: verdict.say }
    case 'cursor_expired':
      return { kind: 'cursor' }
    case 'missing':
      return inWindow('sync.refused', `${call}: ${verdict.code}`, REFUSED_TRIES_MAX)
    case 'refused':
      return inWindow('sync.refused', `${call}: ${verdict.code}. ${verdict.say}`, REFUSED_TRIES_MAX)
    case 'garbled':
      return inWindow('sync.garbled', `${call}: ${verdict.code}`, GARBLED_TRIES_MAX)
  }
}

function ended(code: SyncFaultCode): Trouble {
  return { kind: 'stop', code, say: SYNC_FAULTS[code] }
}

function inWindow(code: SyncFaultCode, detail: string, triesMax: number): Trouble {
  return { kind: 'window', ...told(code, detail), triesMax }
}

function told(code: SyncFaultCode, detail: string): { readonly code: SyncFaultCode; readonly say: string } {
  return { code, say: `${SYNC_FAULTS[code]} (${detail})` }
}

const RUN_PAUSE_MS = 15_000
const RUN_PAUSE_MAX_MS = 15 * 60_000
const WINDOW_PAUSE_MS = 10_000

/** How long a run waits after so many failures in a row: what the provider asks for, and never less than that. */
export function runPauseMs(tries: number, afterMs: number | null): number {
  return Math.max(Math.min(RUN_PAUSE_MS * 2 ** Math.min(tries, 12), RUN_PAUSE_MAX_MS), afterMs ?? 0)
}

/** The same of one window, beginning with its first failure. Others wait for it, so it is soon done with. */
export function windowPauseMs(tries: number): number {
  return Math.min(WINDOW_PAUSE_MS * 4 ** Math.min(tries - 1, 4), RUN_PAUSE_MAX_MS)
}

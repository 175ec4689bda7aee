// The states of a run.
//   queued     a job will take it, or take it up again: between two steps it stands here too
//   running    a step works on it; when its claim runs out, the step is dead and another may begin
//   waiting    the provider is away or has had enough; it goes on at `due_at`
//   done       everything that was planned is read
//   partial    the same, but for windows that failed; each says why
//   failed     it cannot go on, and says why
//   cancelled  a person stopped it; what was read stands

export const SYNC_STATES = ['queued', 'running', 'waiting', 'done', 'partial', 'failed', 'cancelled'] as const
export type SyncState = (typeof SYNC_STATES)[number]

export const NEXT_STATES = {
  queued: ['running', 'cancelled', 'failed'],
  running: ['queued', 'running', 'waiting', 'done', 'partial', 'failed', 'cancelled'],
  waiting: ['running', 'cancelled', 'failed'],
  done: [],
  partial: [],
  failed: [],
  cancelled: [],
} as const satisfies Record<SyncState, readonly SyncState[]>

export const UNFINISHED: readonly SyncState[] = ['queued', 'running', 'waiting']

export function isUnfinished(state: SyncState): boolean {
  return UNFINISHED.includes(state)
}

export const SYNC_MODES = ['incremental', 'full', 'backfill', 'nightly', 'gap'] as const
export type SyncMode = (typeof SYNC_MODES)[number]

/** Runs of one lane follow each other; those of different lanes do not wait for each other. */
export type SyncLane = 'news' | 'again' | 'past'

export const LANE_OF = {
  incremental: 'news',
  nightly: 'again',
  gap: 'again',
  backfill: 'past',
  full: 'past',
} as const satisfies Record<SyncMode, SyncLane>

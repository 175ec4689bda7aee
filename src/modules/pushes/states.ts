// How a push stands, as the promised addresses say it. What is done next lies beside it (`next_step`, `due_at`): while an
// order that is in the POS is taken back or asked after, its push stays a success.

export const PUSH_STATES = ['pending', 'syncing', 'retry', 'success', 'failed'] as const
export type PushState = (typeof PUSH_STATES)[number]

export const NEXT_STATES = {
  /** `failed`: taken back before anything was sent. */
  pending: ['syncing', 'failed'],
  syncing: ['success', 'retry', 'failed'],
  /** `success` and `failed` without a try: a person or the POS itself said how it ended. */
  retry: ['syncing', 'success', 'failed', 'pending'],
  success: [],
  /** Only a person who pushes it again leads out of here. */
  failed: ['pending'],
} as const satisfies Record<PushState, readonly PushState[]>

export type Step = 'send' | 'look' | 'cancel' | 'amend' | 'report'

/** A try of the first half minute; one of the promised twelve; what follows from a try. */
export type DueAs = 'first' | 'retry' | 'follow_up'

export function mayMove(from: PushState, to: PushState): boolean {
  return (NEXT_STATES[from] as readonly PushState[]).includes(to)
}

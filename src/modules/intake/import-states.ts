// The states of an import.
//   receiving  the file is arriving; cut off, it fails and nothing of it is kept
//   detected   what the file is has been worked out; nothing of it is in the mirror, a person may confirm
//   queued     confirmed; a job will take it
//   running    slices are being recorded, each in a transaction of its own that also counts it
//   done       every row is recorded or rejected with a reason
//   failed     with a fault that says why; slices that were recorded stand, and confirming again goes on after them

export type ImportState = 'receiving' | 'detected' | 'queued' | 'running' | 'done' | 'failed'

export const NEXT_STATES = {
  receiving: ['detected', 'failed'],
  detected: ['queued', 'failed'],
  queued: ['running', 'failed'],
  running: ['running', 'done', 'failed'],
  done: [],
  failed: ['queued'], // Only a file that was received whole, by a person who confirms it again.
} as const satisfies Record<ImportState, readonly ImportState[]>

export function mayBecome(from: ImportState, to: ImportState): boolean {
  return (NEXT_STATES[from] as readonly ImportState[]).includes(to)
}

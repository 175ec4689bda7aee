// The states of an import.
//   receiving  the file is arriving; cut off, it fails and nothing of it is kept. Of a packed file the tables may be
//              shown, and confirmed, while the rest of them is still being kept
//   detected   what the file is has been worked out; nothing of it is in the mirror, a person may correct or confirm
//   queued     confirmed; a job will take it
//   running    slices are being recorded, each in a transaction of its own that also counts it
//   done       every row is recorded or rejected with a reason
//   failed     with a fault that says why; slices that were recorded stand, and confirming again goes on after them
//   undoing    what it recorded is being taken back, some sales at a time
//   undone     nothing of it stands, and nothing of the file is kept

export const IMPORT_STATES = [
  'receiving',
  'detected',
  'queued',
  'running',
  'done',
  'failed',
  'undoing',
  'undone',
] as const

export type ImportState = (typeof IMPORT_STATES)[number]

export const NEXT_STATES = {
  receiving: ['detected', 'queued', 'failed'],
  detected: ['detected', 'queued', 'failed', 'undone'],
  queued: ['running', 'failed'],
  running: ['running', 'done', 'failed'],
  done: ['undoing'],
  // Only a file that was received whole: by a person who confirms it again, corrects it, or gives it up.
  failed: ['detected', 'queued', 'undoing', 'undone'],
  undoing: ['undoing', 'undone'],
  undone: [],
} as const satisfies Record<ImportState, readonly ImportState[]>

export function mayBecome(from: ImportState, to: ImportState): boolean {
  return (NEXT_STATES[from] as readonly ImportState[]).includes(to)
}

/** Fault codes of the outbox, each with what it means for whoever meets it. */
export const OUTBOX_FAULTS = {
  'outbox.reader-too-slow':
    'A live reader fell too far behind and was let go. Nothing is lost: read on after the last number it was given.',
  'outbox.position-ahead':
    'The position to read from lies after the newest event, as it does when a backup was restored. Begin anew.',
} as const

import type { FileNote } from '../../../connectors/contract-files.ts'

// Notes that a file alone does not give rise to, but what is known of other files.

export const INTAKE_NOTES = {
  already_imported: 'The very same file was imported at this site before. Importing it again changes nothing.',
  joins_connection:
    'Its sales are known from files of another shape. What it says of them is added to them; where the sales have short numbers only, this is asked.',
  days_already_covered:
    'Days of the file already have sales of this site from somewhere else. Where those are the same sales they would count twice.',
} as const

export type IntakeNoteCode = keyof typeof INTAKE_NOTES

/**
 * Notes that say what stands in one file and not how files of its shape are made. Accepting one of these holds for that
 * file; the next file is asked about again.
 */
export const OF_THIS_FILE_ALONE: ReadonlySet<string> = new Set([
  'file_truncated',
  'dates_mixed',
  'dates_half_converted',
  'rows_ragged',
  'second_table',
  'currency_mixed',
  'already_imported',
  'preset_column_odd',
  'delimiter_ambiguous',
])

/** The note as it is told: one that was accepted asks no more. */
export function intakeNote(
  code: IntakeNoteCode,
  severity: FileNote['severity'],
  say: string,
  accepted: readonly string[] | undefined,
): FileNote {
  return { code, severity: accepted?.includes(code) === true ? 'info' : severity, say }
}

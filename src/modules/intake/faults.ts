export const INTAKE_FAULTS = {
  'import.missing': 'There is no import with the id that was given in this tenant.',
  'import.not-confirmable': 'The import is not in a state in which it can be confirmed.',
  'import.interrupted': 'The file stopped arriving before its end; nothing of it was kept.',
  'import.too-large': 'The file is larger than an import may be.',
  'import.failed': 'The import broke for a reason that is ours to mend; the log has it under the request’s id.',
} as const

export const INTAKE_FAULTS = {
  'import.missing': 'There is no import with the id that was given in this tenant.',
  'import.not-confirmable': 'The import is not in a state in which it can be confirmed.',
  'import.not-correctable':
    'The import can no longer be corrected: it was confirmed, taken back, or nothing of it is kept.',
  'import.corrected-meanwhile': 'Somebody else corrected the import at the same moment.',
  'import.not-undoable': 'The import cannot be taken back while it arrives or runs. Wait for its end.',
  'import.table-missing': 'The file has no table with the number that was given, or it is not kept.',
  'import.interrupted': 'The file stopped arriving before its end; nothing of it was kept.',
  'import.too-large': 'The file is larger than an import may be.',
  'import.unpacks-too-large': 'The file is packed, and what it holds is larger than may be kept.',
  'import.failed': 'The import broke for a reason that is ours to mend; the log has it under the request’s id.',
  'import.mapping-missing': 'Nothing is remembered for the shape that was given.',
} as const

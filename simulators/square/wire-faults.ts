import type { Switchboard } from '../stage/faults.ts'

/** How an answer travels this time. */
export function wayOf(faults: Switchboard, call: string): 'whole' | 'cut' | 'dripping' | 'broken' | 'lost' | 'late' {
  if (faults.strikes('timeout-after-commit', call)) return 'lost'
  if (faults.strikes('cut-connection', call)) return 'cut'
  if (faults.strikes('slow-drip', call)) return 'dripping'
  if (faults.strikes('invalid-json', call)) return 'broken'
  return faults.strikes('slow-answer', call) ? 'late' : 'whole'
}

import type { Fault } from '#kernel/fault.ts'
import { fileFault } from './faults.ts'

/** A person chose what cannot be. `say` names the column, where there is one, and what to choose. */
export function choiceFault(say: string): Fault {
  return fileFault('file.choice_unusable', say)
}

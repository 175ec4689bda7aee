import { useMay } from '../../app/scopes.ts'

/** Whether the person may give files and confirm them; a viewer only looks. */
export function useMayImport(): boolean {
  return useMay('imports:write')
}

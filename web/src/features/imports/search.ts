import type { ImportState } from '../../app/wire.ts'

// What stands in the address of the list: which imports are shown, or nothing for all.

export const IMPORT_STATES = [
  'detected',
  'running',
  'done',
  'failed',
  'undone',
] as const satisfies readonly ImportState[]

/** What the hub is asked for; `running` is whatever moves by itself. */
export function statesAsked({ state }: ImportsSearch): string | undefined {
  return state === 'running' ? 'receiving,queued,running,undoing' : state
}

export type ImportsSearch = { readonly state?: (typeof IMPORT_STATES)[number] | undefined }

export function readImportsSearch(search: Readonly<Record<string, unknown>>): ImportsSearch {
  const state = IMPORT_STATES.find((one) => one === search.state)
  return state === undefined ? {} : { state }
}

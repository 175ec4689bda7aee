import { readFileSync } from 'node:fs'
import type { Lookup } from '../contract.ts'
import { reader } from './read/reader.ts'
import { openStore, type Told } from './test-store.ts'

export const NOWHERE: Lookup = { article: () => null, country: () => null }

export function fixture(name: string): unknown {
  return JSON.parse(fixtureBytes(name).toString('utf8'))
}

export function fixtureBytes(name: string): Buffer {
  return readFileSync(new URL(`fixtures/${name}.json`, import.meta.url))
}

/** All that the objects of these values say together: fixtures, or objects by a kind. */
export function tell(values: readonly unknown[], lookup: Lookup = NOWHERE): Told {
  const store = openStore()
  for (const value of values) store.keep(reader.recordsOf('order', value))
  return store.tell(lookup)
}

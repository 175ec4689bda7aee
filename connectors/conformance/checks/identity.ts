import type { Connector, Live } from '../../contract.ts'
import { type Check, expect, expectNone } from '../check.ts'

// What stands in a connector before anybody is asked anything.

export const IDENTITY_CHECKS: readonly Check[] = [
  {
    name: 'identity/says-who-it-is',
    says: 'it has an id fit for an address, a name, hosts by https, a version and a pace',
    needs: ['live'],
    run: async ({ connector, live }) => {
      expect(/^[a-z][a-z0-9-]{0,39}$/.test(connector.id), `the id "${connector.id}" is not lower case with dashes`)
      expect(connector.name.trim() !== '', 'the name is empty')
      expectNone('api', apiFindings(live))
    },
  },
  {
    name: 'identity/asks-for-what-it-says',
    says: 'every field of the sign-in has a label and a sentence, and no permission is asked for twice',
    needs: ['live'],
    run: async ({ live: { signIn } }) => {
      const names = signIn.fields.map(({ name }) => name)
      expect(new Set(names).size === names.length, 'two fields of the sign-in have one name')
      const mute = signIn.fields.filter(({ label, help }) => label.trim() === '' || !/\.$/.test(help.trim()))
      expectNone(
        'fields without a label or a sentence',
        mute.map(({ name }) => name),
      )
      const scopes = signIn.oauth?.scopes ?? []
      expect(new Set(scopes).size === scopes.length, 'a scope is asked for twice')
      expect(names.length > 0 || signIn.oauth !== undefined, 'there is no way to sign in')
    },
  },
  {
    name: 'identity/streams-are-sound',
    says: 'its streams have names of their own, sales among them where it does not live by orders alone, and sizes that a window can be made of',
    needs: ['live'],
    run: async ({ live: { pull, orders } }) => {
      const names = pull.streams.map(({ name }) => name)
      expect(new Set(names).size === names.length, 'two streams have one name')
      expect(
        pull.streams.some(({ dataType }) => dataType === 'sales') ||
          (pull.streams.length === 0 && orders !== undefined),
        'no stream brings sales, and no orders are put in',
      )
      const unsound = pull.streams.filter(
        ({ pageSizeMax, overlapMs, lateMs, locationsMax, horizonMs }) =>
          !whole(pageSizeMax, 1) ||
          !whole(overlapMs, 0) ||
          !whole(lateMs, 0) ||
          !(locationsMax === null || whole(locationsMax, 1)) ||
          !(horizonMs === null || whole(horizonMs, 1)),
      )
      expectNone(
        'streams with impossible sizes',
        unsound.map(({ name }) => name),
      )
    },
  },
]

function apiFindings({ api, reader }: Pick<NonNullable<Connector['live']>, keyof Live>): string[] {
  const found: string[] = []
  for (const [environment, host] of Object.entries(api.hosts)) {
    if (!/^https:\/\/[^/]+$/.test(host)) found.push(`the host for ${environment} is not https and without a path`)
  }
  if (api.version.trim() === '') found.push('the version is empty')
  if (api.sunset !== null && !/^\d{4}-\d\d-\d\d$/.test(api.sunset)) found.push('the sunset is no day')
  const { requestsPerSecond, concurrent, timeoutMs } = api.pace
  if (!(requestsPerSecond > 0) || !whole(concurrent, 1) || !whole(timeoutMs, 1)) found.push('the pace is not positive')
  if (reader.kinds.length === 0 || new Set(reader.kinds).size !== reader.kinds.length) {
    found.push('the kinds of records are none, or named twice')
  }
  return found
}

function whole(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least
}

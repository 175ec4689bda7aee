import { isCurrencyCode } from '#kernel/currency.ts'
import { Garbled, type ProviderLocation, type Talk } from '../contract.ts'
import { type Json, jsonOf, objectsIn, textIn } from './answers.ts'

/** The account's places of sale, those that are closed for good too: their sales are still there. */
export function* locations(): Talk<readonly ProviderLocation[]> {
  const answer = jsonOf(
    yield { name: 'locations.list', method: 'GET', path: '/v2/locations', body: null, repeatable: true },
  )
  return objectsIn(answer.locations).map(locationOf)
}

function locationOf({ id, name, status, currency, timezone, country }: Json): ProviderLocation {
  const known = textIn(id)
  if (known === null) throw new Garbled('a location says no id')
  const money = textIn(currency)
  return {
    id: known,
    name: textIn(name) ?? known,
    active: status !== 'INACTIVE',
    currency: money !== null && isCurrencyCode(money) ? money : null,
    timeZone: textIn(timezone),
    country: textIn(country),
  }
}

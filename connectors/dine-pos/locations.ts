import type { Link, ProviderLocation, Talk } from '../contract.ts'
import { settingsOf } from './settings.ts'

/** The one restaurant that the credentials are of. Nobody is asked: what is known of it was typed in. */
export function* locations(link: Link): Talk<readonly ProviderLocation[]> {
  const { restaurantId, currency, zone } = settingsOf(link.credentials)
  const country = currency === 'INR' ? 'IN' : null
  yield* []
  return [{ id: restaurantId, name: restaurantId, active: true, currency, timeZone: zone, country }]
}

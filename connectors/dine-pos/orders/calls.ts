import type { ProviderCall } from '../../contract.ts'
import type { Settings } from '../settings.ts'
import { mapped } from './mapped.ts'
import { defaultBody } from './shape-default.ts'
import { petpoojaBody } from './shape-petpooja.ts'
import { urbanpiperBody } from './shape-urbanpiper.ts'
import type { Slip } from './slip.ts'

// The calls that change something. The same order makes the same call to the last byte: systems that know a repeat by its
// content must see one.

const SHAPES = { default: defaultBody, petpooja: petpoojaBody, urbanpiper: urbanpiperBody } as const

/** Null where the contract has no such call. */
export function pushCall(slip: Slip): ProviderCall | null {
  const { settings, outgoing } = slip
  const { path, idempotency_header: header, repeat_is_safe: repeatable } = settings.map.push
  if (path === null) return null
  return {
    name: 'orders.push',
    method: 'POST',
    path,
    ...(header === null ? {} : { headers: { [header.toLowerCase()]: outgoing.reference } }),
    body: JSON.stringify(mapped(SHAPES[settings.profile](slip), settings.map)),
    repeatable,
    writes: true,
  }
}

/** Taking back what is taken back already does nothing more. Null where the contract has no such call. */
export function cancelCall(settings: Settings, reference: string, reason: string): ProviderCall | null {
  const { path } = settings.map.cancel
  if (path === null) return null
  const { restaurantId } = settings
  const call = {
    name: 'orders.cancel',
    path: path.replace('{order_id}', encodeURIComponent(reference)),
    repeatable: true,
  }
  switch (settings.profile) {
    case 'petpooja': {
      const status = { orderID: '', clientorderID: reference, cancelReason: reason, status: '-1' }
      return { ...call, method: 'POST', body: JSON.stringify({ restID: restaurantId, ...status }), writes: true }
    }
    case 'urbanpiper': {
      const status = { new_status: 'Cancelled', message: reason }
      return { ...call, method: 'PUT', body: JSON.stringify(status), writes: true }
    }
    default:
      return { ...call, method: 'POST', body: JSON.stringify({ restaurant_id: restaurantId, reason }), writes: true }
  }
}

import { ok } from './answer.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { denied, notFound } from './refusal.ts'
import type { Seller } from './seller.ts'

// Who the seller is and where he sells.

const MERCHANT = ['MERCHANT_PROFILE_READ']

export const accountEndpoints: readonly Endpoint[] = [
  { method: 'GET', path: '/v2/locations', name: 'locations.list', scopes: MERCHANT, answer: listLocations },
  { method: 'GET', path: '/v2/locations/:location_id', name: 'locations.get', scopes: MERCHANT, answer: getLocation },
  { method: 'GET', path: '/v2/merchants', name: 'merchants.list', scopes: MERCHANT, answer: listMerchants },
  { method: 'GET', path: '/v2/merchants/:merchant_id', name: 'merchants.get', scopes: MERCHANT, answer: getMerchant },
]

function listLocations({ seller, square }: Call) {
  const locations = seller.locations.filter(() => !square.faults.strikes('missing-records', 'locations.list'))
  return ok({ locations })
}

/** `main` stands for the main location. */
function getLocation({ seller, params }: Call) {
  const id = params.location_id ?? ''
  const location = id === 'main' ? seller.mainLocation : seller.findLocation(id)
  if (location === null) throw notFound(`Location with id ${id} not found.`)
  return ok({ location })
}

function listMerchants({ seller }: Call) {
  return ok({ merchant: [merchantOf(seller)] })
}

function getMerchant({ seller, params }: Call) {
  const id = params.merchant_id
  if (id !== 'me' && id !== seller.merchantId) throw denied(403, 'FORBIDDEN', 'This merchant is not yours.')
  return ok({ merchant: merchantOf(seller) })
}

function merchantOf(seller: Seller) {
  return {
    id: seller.merchantId,
    business_name: seller.name,
    country: seller.country,
    language_code: 'en-US',
    currency: seller.currency,
    status: 'ACTIVE',
    main_location_id: seller.mainLocation.id,
    created_at: seller.createdAt,
  }
}

import type { Endpoint } from '../endpoint.ts'
import { catalogueEndpoints } from './catalogue-endpoints.ts'
import { customerEndpoints } from './customer-endpoints.ts'
import { giftCardEndpoints } from './gift-card-endpoints.ts'
import { loyaltyEndpoints } from './loyalty-endpoints.ts'
import { stockEndpoints } from './stock-endpoints.ts'

/** The addresses of what an account holds besides its sales. */
export const readEndpoints: readonly Endpoint[] = [
  ...catalogueEndpoints,
  ...stockEndpoints,
  ...customerEndpoints,
  ...loyaltyEndpoints,
  ...giftCardEndpoints,
]

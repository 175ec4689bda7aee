import { expect, test } from 'vitest'
import { openProviders } from './providers.ts'

// Where a connection is asked whose merchant has an address of his own.

const named = { base_url: 'http://192.168.1.20:8080/v1/' }
const address = (spoken: Record<string, string>, privateAddresses: 'refuse' | 'allow', credentials = named) =>
  openProviders({ providers: new Map(Object.entries(spoken)), privateAddresses }).addressOf(
    'dine-pos',
    'production',
    credentials,
  )

test('a merchant’s word is taken, and kept out of the house', () => {
  expect(address({}, 'refuse')).toEqual({
    baseUrl: 'http://192.168.1.20:8080/v1',
    addressBy: 'merchant',
    guarded: true,
  })
})

test('unless whoever runs the hub lets it in', () => {
  expect(address({}, 'allow')).toMatchObject({ addressBy: 'merchant', guarded: false })
})

test('a setting wins over it and is trusted', () => {
  expect(address({ DINE_POS_BASE_URL: 'http://127.0.0.1:9151/' }, 'refuse')).toEqual({
    baseUrl: 'http://127.0.0.1:9151',
    addressBy: 'hub',
    guarded: false,
  })
})

test('a system with one address for all is asked there', () => {
  const providers = openProviders({ providers: new Map(), privateAddresses: 'refuse' })
  expect(providers.addressOf('square', 'sandbox', {})).toMatchObject({ addressBy: 'hub', guarded: false })
})

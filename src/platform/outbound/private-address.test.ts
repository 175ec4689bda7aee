import { type LookupAddress, lookup } from 'node:dns'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPrivateAddress, lookupPublic, PRIVATE_ADDRESS_ERROR } from './private-address.ts'

test.each([
  ...['127.0.0.1', '127.255.255.255', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.0.1'],
  ...['169.254.169.254', '100.64.0.1', '100.100.100.200', '192.0.0.192', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'ff02::1'],
  ...['64:ff9b::7f00:1', '2002:7f00:1::', '::127.0.0.1'],
])('%s belongs to a house', (address) => {
  expect(isPrivateAddress(address)).toBe(true)
})

test.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '100.128.0.1', '193.168.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
  '%s is on the internet',
  (address) => {
    expect(isPrivateAddress(address)).toBe(false)
  },
)

test('an IPv4 address counts the same written inside an IPv6 one', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      expect(isPrivateAddress(`::ffff:${address}`)).toBe(isPrivateAddress(address))
    }),
  )
})

test('a name is looked up and never judged by how it reads', async () => {
  expect(isPrivateAddress('localhost')).toBe(false)
  const code = await new Promise((resolve) => {
    lookupPublic('localhost', { all: true }, (error) => resolve(error?.code))
  })
  expect(code).toBe(PRIVATE_ADDRESS_ERROR)
})

test('one that nobody knows fails as it would without the look', async () => {
  const [guarded, plain] = await Promise.all([
    new Promise((resolve) => lookupPublic('no-such-host.invalid', {}, (error) => resolve(error?.code))),
    new Promise((resolve) => {
      lookup('no-such-host.invalid', { all: true }, (error, _addresses: LookupAddress[]) => resolve(error?.code))
    }),
  ])
  expect(guarded).toBe(plain)
})

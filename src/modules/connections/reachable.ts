import { isIP } from 'node:net'
import { isPrivateAddress } from '#platform/outbound/private-address.ts'

// Whether a provider can reach the hub's public address. Nobody can know from here; but an address that means "this
// machine" or "this house" is plain.

/** `provider` is whom it would be reached by: a simulator in the same house does reach it. */
export function isReachable(publicBase: URL, provider: string): boolean {
  return !isPrivateHost(publicBase.hostname) || isPrivateHost(new URL(provider).hostname)
}

export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  switch (isIP(host)) {
    case 4:
    case 6:
      return isPrivateAddress(host)
    default:
      // A name without a dot is known to no name server but one's own.
      return !host.includes('.') || /\.(?:localhost|local|internal|lan|home\.arpa|test)$/.test(host)
  }
}

import { isIP } from 'node:net'

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
      return isPrivateV4(host)
    case 6:
      return host === '::' || host === '::1' || /^f[cd]/.test(host) || /^fe[89ab]/.test(host) || isMappedPrivate(host)
    default:
      // A name without a dot is known to no name server but one's own.
      return !host.includes('.') || /\.(?:localhost|local|internal|lan|home\.arpa|test)$/.test(host)
  }
}

function isPrivateV4(host: string): boolean {
  const [a = 0, b = 0] = host.split('.').map(Number)
  if (a === 0 || a === 10 || a === 127) return true
  if (a === 172) return b >= 16 && b <= 31
  if (a === 192) return b === 168
  if (a === 169) return b === 254
  return a === 100 && b >= 64 && b <= 127
}

/** `new URL` writes an IPv4 address inside an IPv6 one as two groups of hex digits. */
function isMappedPrivate(host: string): boolean {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host) ?? []
  if (high === undefined || low === undefined) return false
  const bits = [Number.parseInt(high, 16), Number.parseInt(low, 16)] as const
  return isPrivateV4([bits[0] >> 8, bits[0] & 255, bits[1] >> 8, bits[1] & 255].join('.'))
}

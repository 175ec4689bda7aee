import { type LookupAddress, type LookupAllOptions, type LookupOptions, lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

// Addresses that belong to a house and not to the internet: this machine, a private network, the neighbours on a link, a
// cloud's own services. A tenant who names one as his system's would have the hub open doors that only the hub can reach.
// It is the address that a connection is made to which is looked at, not the name: a name may lead elsewhere by then.

const PRIVATE = new BlockList()

const V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['224.0.0.0/4', '240.0.0.0/4'],
] as const

/**
 * Translated and tunnelled ways to write an IPv4 address inside an IPv6 one are refused as a whole. Only a hub whose one
 * way out is NAT64 needs them to reach a shop.
 */
const V6 = [
  ...['::/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/32', '2002::/16'],
  ...['fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
] as const

for (const range of V4) PRIVATE.addSubnet(...partsOf(range), 'ipv4')
for (const range of V6) PRIVATE.addSubnet(...partsOf(range), 'ipv6')

function partsOf(range: string): [string, number] {
  const [address = '', bits = ''] = range.split('/')
  return [address, Number(bits)]
}

/** False for a name: where it leads is only known when it is looked up. An IPv4 address inside an IPv6 one counts as it. */
export function isPrivateAddress(address: string): boolean {
  const version = isIP(address)
  if (version === 0) return false
  return PRIVATE.check(address, version === 6 ? 'ipv6' : 'ipv4')
}

export const PRIVATE_ADDRESS_ERROR = 'ERR_PRIVATE_ADDRESS'

/** Looks a name up as connections do, and leaves out what is private. A name that leads nowhere else fails. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  const all: LookupAllOptions = { ...plain(options), all: true }
  lookup(hostname, all, (error, addresses) => {
    if (error !== null) return callback(error, '', 0)
    const open = addresses.filter(({ address }) => !isPrivateAddress(address))
    const [first] = open
    if (first === undefined) return callback(refusal(hostname), '', 0)
    if ((options as LookupOptions).all === true) {
      const answer = callback as unknown as (error: null, addresses: readonly LookupAddress[]) => void
      return answer(null, open)
    }
    return callback(null, first.address, first.family)
  })
}

/** `family`, `hints` and the like as they were asked for. */
function plain(options: object): LookupOptions {
  return options
}

function refusal(hostname: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${hostname} leads into a private network`)
  error.code = PRIVATE_ADDRESS_ERROR
  return error
}

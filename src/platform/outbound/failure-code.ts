import { errors } from 'undici'

/** Why there is no answer, in words that stay the same from one library to the next. */
export type FailureCode =
  /** The host's name is not known, or nobody could be asked. */
  | 'unresolved'
  /** Nobody listens there. */
  | 'refused'
  /** The host is in a network that is not the internet, and the call may not go there. */
  | 'private_address'
  /** There is no way to the host. */
  | 'no_route'
  | 'connect_timeout'
  /** No encrypted connection came about: a certificate that is not trusted, no common version. */
  | 'tls'
  /** The time allowed was over, wherever the call stood. */
  | 'timed_out'
  /** The connection ended before the answer was whole. */
  | 'cut'
  | 'too_large'
  /** The call cannot be written as HTTP: a character in a header or path that may not stand there. */
  | 'unsendable'
  /** The answer is no HTTP. */
  | 'not_http'
  /** The answer is compressed in a way that was not asked for, or is damaged. */
  | 'undecodable'

const CODES: Readonly<Record<string, FailureCode>> = {
  ENOTFOUND: 'unresolved',
  EAI_AGAIN: 'unresolved',
  ECONNREFUSED: 'refused',
  ERR_PRIVATE_ADDRESS: 'private_address',
  EHOSTUNREACH: 'no_route',
  ENETUNREACH: 'no_route',
  EADDRNOTAVAIL: 'no_route',
  ETIMEDOUT: 'connect_timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  UND_ERR_INVALID_ARG: 'unsendable',
  UND_ERR_HEADERS_OVERFLOW: 'not_http',
  HPE_INVALID_EOF_STATE: 'cut',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'cut',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  CERT_HAS_EXPIRED: 'tls',
  CERT_NOT_YET_VALID: 'tls',
  EPROTO: 'tls',
}

/** What an error of the HTTP client or of the socket under it comes to; `cut` for those without a word of their own. */
export function failureCodeOf(error: unknown): FailureCode {
  const code = wordOf(error)
  const known = CODES[code]
  if (known !== undefined) return known
  if (error instanceof errors.HTTPParserError) return 'not_http'
  if (code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL')) return 'tls'
  return 'cut'
}

function wordOf(error: unknown): string {
  const { code, errors } = error as { code?: unknown; errors?: readonly unknown[] }
  if (typeof code === 'string') return code
  // A host with several addresses was tried at each of them; they all failed, and the first says how.
  return errors?.[0] === undefined ? '' : wordOf(errors[0])
}

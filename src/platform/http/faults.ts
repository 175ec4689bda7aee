/** Every fault that the server itself answers with, and what it means to whoever receives it. */
export const HTTP_FAULTS = {
  'http.address-unknown': 'Nothing stands at this address. The document at /openapi.json lists every address.',
  'http.method-not-allowed': 'The address exists, but not for this method. The Allow header names those it takes.',
  'http.unauthenticated':
    'The request shows no API key and no session, or one that no longer holds. Send X-API-Key, or sign in.',
  'http.origin':
    'A write with a session came from a page that is not ours, or without an Origin header. Sessions are for the dashboard; programs use an API key.',
  'http.input-invalid': 'Fields of the path, the query or the body are missing, unknown or wrong; errors[] names each.',
  'http.json-malformed': 'The body is not JSON, or not encoded as UTF-8.',
  'http.body-missing': 'The address needs a body and none was sent.',
  'http.body-too-large': 'The body is larger than this address takes.',
  'http.body-cut': 'The connection ended before the whole body had arrived. Nothing of it counts; send it again.',
  'http.body-malformed': 'The multipart form cannot be read, or holds no file.',
  'http.media-type': 'The address does not take a body of this Content-Type.',
  'http.request-malformed': 'The request itself cannot be read: its address or its headers break the rules of HTTP.',
  'http.rate-limited': 'Too many requests in a short time. Retry-After says when the next one is welcome.',
  'http.overloaded': 'The hub has more to do than it can answer in time. Try again after Retry-After.',
  'http.idempotency-key-malformed': 'An Idempotency-Key is 1 to 255 visible ASCII characters.',
  'http.idempotency-key-reused':
    'This Idempotency-Key was already used with another request. Take a new key for a new request.',
  'http.idempotency-running':
    'The first request with this Idempotency-Key is still being worked on. Try again shortly.',
  'http.metrics-closed':
    'Metrics are given to whoever shows the metrics token, or to this machine itself while the hub has no public address.',
  'http.broken': 'Something failed that should not have. The log holds the cause under the request id of the answer.',
} as const

export type HttpFaultCode = keyof typeof HTTP_FAULTS

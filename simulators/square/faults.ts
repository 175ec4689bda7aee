import type { FaultDescription } from '../stage/faults.ts'

// Everything that can be made to go wrong here, with the pain that it plays. What always goes on as at Square (sales at
// the till raise no order event, returns are orders of their own, pages end at 500) is no fault: see the README.

const SECONDS = 'seconds'

export const SQUARE_FAULTS: readonly FaultDescription[] = [
  // Deliveries.
  {
    name: 'duplicate-delivery',
    pain: 9,
    says: 'A webhook is delivered twice under one event id.',
    value: { means: 'seconds between the two, at most', standard: 0 },
  },
  {
    name: 'reordered-delivery',
    pain: 14,
    says: 'A webhook is held back for a while, so that later ones overtake it.',
    value: { means: 'seconds at most', standard: 5 },
  },
  { name: 'dropped-delivery', pain: 11, says: 'A webhook is never sent. The Events API still has it.' },
  { name: 'late-delivery', pain: 14, says: 'A webhook comes late.', value: { means: SECONDS, standard: 1800 } },
  {
    name: 'stale-version-late',
    pain: 29,
    says: 'The webhook of a thing’s first state comes half an hour after that of its last.',
    value: { means: SECONDS, standard: 1800 },
  },
  {
    name: 'forged-delivery',
    pain: 12,
    says: 'Besides the genuine webhook comes one with other amounts and a signature by a wrong key.',
  },
  {
    name: 'proxied-delivery',
    pain: 12,
    says: 'Webhooks arrive as through a proxy: the request names another host and scheme than were signed.',
  },
  {
    name: 'subscription-removed',
    pain: 10,
    says: 'The moment it is switched on, all webhook subscriptions are gone.',
    times: 1,
  },
  // What the till has written.
  {
    name: 'thin-event',
    pain: 13,
    says: 'Just after a payment its order has no lines; they appear later, and updated_at does not move.',
    value: { means: SECONDS, standard: 6 },
  },
  {
    name: 'early-event',
    pain: 13,
    says: 'Just after a payment its order cannot be found yet.',
    value: { means: SECONDS, standard: 3 },
  },
  { name: 'refund-without-items', pain: 2, says: 'A partial refund names an amount and no items.' },
  {
    name: 'clock-skew',
    pain: 6,
    says: 'Square’s clock is ahead: what it stamps lies in the future.',
    value: { means: SECONDS, standard: 90 },
  },
  // Lists.
  {
    name: 'list-lag',
    pain: 1,
    says: 'Lists show what was written only after a while; reading one by its id shows it at once.',
    value: { means: SECONDS, standard: 8 },
  },
  { name: 'clipped-page', pain: 4, says: 'A full page comes without a cursor although there is more.' },
  { name: 'repeated-page', pain: 3, says: 'A page begins with the last record of the one before.' },
  { name: 'short-page', pain: 4, says: 'A page in the middle is half empty and still has a cursor.' },
  {
    name: 'full-last-page',
    pain: 4,
    says: 'A last page that is exactly full has a cursor, which leads to an empty page.',
  },
  { name: 'cursor-expired', pain: 31, says: 'A cursor has expired before its time.' },
  {
    name: 'short-horizon',
    pain: 32,
    says: 'Lists do not reach back further than so many days.',
    value: { means: 'days', standard: 60 },
  },
  { name: 'missing-records', pain: 7, says: 'A list leaves a record out that is there the next time.' },
  {
    name: 'slow-answer',
    pain: 29,
    says: 'A list is put together at once and answered much later.',
    value: { means: SECONDS, standard: 5 },
  },
  // The way of a call.
  {
    name: 'rate-limit',
    pain: 20,
    says: 'A call is refused with 429 and Retry-After, whatever the budget says.',
    rate: 0.3,
    value: { means: 'Retry-After in seconds', standard: 1 },
  },
  {
    name: 'timeout-before-commit',
    pain: 27,
    says: 'No answer comes, and nothing was done.',
    value: { means: SECONDS, standard: 30 },
  },
  {
    name: 'timeout-after-commit',
    pain: 27,
    says: 'No answer comes, though it was done.',
    value: { means: SECONDS, standard: 30 },
  },
  { name: 'error-before-commit', pain: 27, says: 'A call fails with 500, and nothing was done.', rate: 0.3 },
  { name: 'error-after-commit', pain: 27, says: 'A call fails with 500, though it was done.', rate: 0.3 },
  {
    name: 'duplicate-answer',
    pain: 33,
    says: 'A gateway hands the call on twice; what is answered is the second answer.',
  },
  { name: 'key-forgotten', pain: 33, says: 'An idempotency key that was used is not remembered.' },
  {
    name: 'rate-limit-storm',
    pain: 20,
    says: 'Once it strikes, every call is refused with 429 until the storm has passed.',
    rate: 0.02,
    value: { means: 'seconds that a storm lasts', standard: 5 },
  },
  { name: 'server-error', pain: 20, says: 'A call fails with 500 and Square’s error body.', rate: 0.3 },
  { name: 'gateway-html', pain: 20, says: 'A gateway answers 502 with a page of HTML.', rate: 0.3 },
  {
    name: 'slow-drip',
    pain: 31,
    says: 'The answer arrives a few bytes at a time.',
    value: { means: SECONDS, standard: 3 },
  },
  { name: 'cut-connection', pain: 31, says: 'The connection ends in the middle of the answer.', rate: 0.3 },
  { name: 'outage', pain: 31, says: 'Every call is cut off, and webhooks wait until it is over.' },
  // What the answer says.
  {
    name: 'invalid-json',
    pain: 22,
    says: 'The answer breaks off in the middle of its JSON, with status 200.',
    rate: 0.3,
  },
  { name: 'unknown-enum', pain: 22, says: 'States and types have members that nobody has heard of.' },
  { name: 'unknown-field', pain: 22, says: 'Every object has a field more.' },
  { name: 'wrong-type', pain: 22, says: 'Amounts come as text.' },
  { name: 'null-money', pain: 16, says: 'Amounts of nought are left out.' },
  { name: 'version-retired', pain: 22, says: 'The API version that the caller names is refused.' },
  // Signing in.
  { name: 'token-rotated', pain: 8, says: 'A refresh ends the old access token and the old refresh token at once.' },
  {
    name: 'token-expired',
    pain: 8,
    says: 'A call is refused with 401, and the access tokens of that seller have ended; his refresh tokens stand.',
  },
  { name: 'oauth-plain-error', pain: 8, says: 'Errors of /oauth2 have the older body with message and type.' },
]

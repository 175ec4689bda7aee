import type { FaultDescription } from '../stage/faults.ts'

// Everything that can be made to go wrong here, with the pain that it plays. Calls are named `orders.push`,
// `orders.cancel`, `menu.get` and so on; callbacks by their event: `order.status`, `stock`, `store`.

const SECONDS = 'seconds'

export const DINE_POS_FAULTS: readonly FaultDescription[] = [
  // The way of a call.
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
  { name: 'gateway-html', pain: 20, says: 'A gateway answers 502 with a page of HTML; nothing was done.', rate: 0.3 },
  {
    name: 'rate-limit',
    pain: 20,
    says: 'A call is refused with 429 and Retry-After.',
    rate: 0.3,
    value: { means: 'Retry-After in seconds', standard: 1 },
  },
  {
    name: 'rate-limit-storm',
    pain: 20,
    says: 'Once it strikes, every call is refused with 429 until the storm has passed.',
    rate: 0.02,
    value: { means: 'seconds that a storm lasts', standard: 5 },
  },
  { name: 'outage', pain: 31, says: 'Every call is cut off, and callbacks wait until it is over.' },
  { name: 'cut', pain: 31, says: 'The connection ends in the middle of the answer, after it was done.', rate: 0.3 },
  {
    name: 'slow-answer',
    pain: 29,
    says: 'It is done at once and answered much later.',
    value: { means: SECONDS, standard: 5 },
  },
  // What the answer says.
  { name: 'garbled', pain: 22, says: 'The answer breaks off in the middle of its JSON, with status 200.', rate: 0.3 },
  { name: 'success-zero', pain: 21, says: 'An order that is right is refused: status 200 with success "0".' },
  {
    name: 'duplicate-answer',
    pain: 33,
    says: 'An order is taken, and the answer says that it was there already; so do the answers of its repeats.',
  },
  { name: 'no-order-number', pain: 22, says: 'An order is taken, and the answer does not say under which number.' },
  { name: 'other-types', pain: 22, says: 'Numbers and booleans stand where the papers have texts.' },
  { name: 'token-expired', pain: 8, says: 'The credentials are refused with 401, as if they had ended.' },
  // What the restaurant does.
  {
    name: 'repeats-make-twins',
    pain: 33,
    says: 'An order id that was there already makes a second order, whatever key comes with it.',
  },
  {
    name: 'menu-changed',
    pain: 30,
    says: 'The moment it is switched on, every id of the menu changes.',
    times: 1,
  },
  { name: 'closed-restaurant', pain: 30, says: 'The restaurant is closed: it takes scheduled orders only.' },
  // Callbacks.
  { name: 'doubled-callbacks', pain: 9, says: 'A callback comes twice.' },
  {
    name: 'out-of-order-callbacks',
    pain: 14,
    says: 'A callback is held back, so that later ones overtake it.',
    rate: 0.5,
    value: { means: 'seconds at most', standard: 1800 },
  },
  { name: 'late-callbacks', pain: 14, says: 'A callback comes late.', value: { means: SECONDS, standard: 1800 } },
  { name: 'dropped-callbacks', pain: 11, says: 'A callback is never sent.' },
  { name: 'unsigned-callbacks', pain: 12, says: 'A callback comes without the signature that was agreed.' },
  {
    name: 'forged-callbacks',
    pain: 12,
    says: 'Besides the genuine callback comes one from a stranger, who knows neither secret nor token: cancelled.',
  },
  {
    name: 'stale-signature',
    pain: 12,
    says: 'A callback is signed with a time that lies so far back.',
    value: { means: SECONDS, standard: 900 },
  },
]

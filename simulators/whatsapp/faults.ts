import type { FaultDescription } from '../stage/faults.ts'

// What can be made to go wrong. The one call is named `messages.send`.

const SECONDS = 'seconds'

export const WHATSAPP_FAULTS: readonly FaultDescription[] = [
  {
    name: 'timeout-before-commit',
    pain: 27,
    says: 'No answer comes, and nothing was sent.',
    value: { means: SECONDS, standard: 30 },
  },
  {
    name: 'timeout-after-commit',
    pain: 27,
    says: 'No answer comes, though the message was sent.',
    value: { means: SECONDS, standard: 30 },
  },
  {
    name: 'error-before-commit',
    pain: 27,
    says: 'A call fails with 500 and code 131000; nothing was sent.',
    rate: 0.3,
  },
  { name: 'error-after-commit', pain: 27, says: 'A call fails with 500, though the message was sent.', rate: 0.3 },
  { name: 'outage', pain: 31, says: 'Every call is cut off.' },
  { name: 'cut', pain: 31, says: 'The connection ends in the middle of the answer; the message was sent.', rate: 0.3 },
  { name: 'garbled', pain: 22, says: 'The answer breaks off in the middle of its JSON, with status 200.', rate: 0.3 },
  {
    name: 'slow-answer',
    pain: 29,
    says: 'The message is sent at once and the answer comes much later.',
    value: { means: SECONDS, standard: 5 },
  },
  { name: 'rate-limit', pain: 20, says: 'The number sends too fast: 429 with code 130429.', rate: 0.3 },
  { name: 'account-rate-limit', pain: 20, says: 'The account calls too often: 429 with code 80007.', rate: 0.3 },
  { name: 'pair-rate-limit', pain: 20, says: 'Too much to one recipient: 429 with code 131056.', rate: 0.3 },
  {
    name: 'rate-limit-storm',
    pain: 20,
    says: 'Once it strikes, every call is refused with 130429 until the storm has passed.',
    rate: 0.02,
    value: { means: 'seconds that a storm lasts', standard: 5 },
  },
  { name: 'token-expired', pain: 8, says: 'The access token has ended: 401 with code 190.' },
  { name: 'undeliverable', pain: null, says: 'The recipient cannot be reached by WhatsApp: code 131026.' },
  { name: 'template-paused', pain: null, says: 'The template is paused for its quality: code 132015.' },
]

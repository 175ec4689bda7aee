// What must never reach a log. Masking by name catches what is passed as a field; masking by pattern catches what was
// woven into a sentence, an address or an error's text. Either alone has holes.

const MASK = '[redacted]'
const DEPTH_MAX = 6
const ENTRIES_MAX = 200

const SECRET_NAMES = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'cookies',
  'setcookie',
  'xapikey',
  'apikey',
  'credentials',
  'credential',
  'passphrase',
  'rootkey',
  'privatekey',
  'signature',
])
const PERSONAL_NAMES = new Set([
  'email',
  'phone',
  'phonenumber',
  'card',
  'cardnumber',
  'pan',
  'cvv',
  'iban',
  'customername',
  'address',
])
// As the end of a name: accessToken, refresh_token, WEBHOOK_SECRET, newPassword. Not token_expires_at.
const SECRET_ENDING = /(?:token|secret|password|apikey)s?$/

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // Our own API keys and one-time tokens, wherever they stand.
  [/\btw_[a-z]+_[A-Za-z0-9_-]{8,}/g, `tw_${MASK}`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${MASK}`],
  // The till's addresses carry a phone or card number in their path, by promise to their users.
  [/(\/(?:loyalty|gift-cards)\/)(?!purchase\b)[^/?\s"'\\]+/g, `$1${MASK}`],
  [
    /([?&#](?:[\w-]*(?:token|secret|password|api_?key|signature|code|state|email|phone|card))=)[^&\s"'\\]+/gi,
    `$1${MASK}`,
  ],
  // name=value or name: value inside a sentence; a field of the line itself has quotes and was masked by its name.
  [/\b([\w-]*(?:token|secret|password|api_?key)s?(?:=|: ))[^\s&"'\\,;)]+/gi, `$1${MASK}`],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^/:@\s"']*:)[^@/\s"']+@/gi, `$1${MASK}@`],
  [/\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g, MASK],
  [/(?<![\w.-])\+\d[\d ()-]{7,16}\d(?![\w-])/g, MASK],
]

export function isPrivateName(name: string): boolean {
  const bare = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  return SECRET_NAMES.has(bare) || PERSONAL_NAMES.has(bare) || SECRET_ENDING.test(bare)
}

/** A copy of some facts in which everything private by name is masked. Errors stay errors: they are written elsewhere. */
export function scrub(facts: Record<string, unknown>): Record<string, unknown> {
  return scrubObject(facts, 0)
}

function scrubObject(value: object, depth: number): Record<string, unknown> {
  const clean: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value).slice(0, ENTRIES_MAX)) {
    clean[name] = isPrivateName(name) && inner !== null && inner !== undefined ? MASK : scrubValue(inner, depth + 1)
  }
  return clean
}

function scrubValue(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value
  if (depth > DEPTH_MAX) return '[deeper]'
  if (Buffer.isBuffer(value) || ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return value.slice(0, ENTRIES_MAX).map((item) => scrubValue(item, depth + 1))
  if (value instanceof Set) return [...value].slice(0, ENTRIES_MAX).map((item) => scrubValue(item, depth + 1))
  if (value instanceof Map) return scrubObject(Object.fromEntries(value), depth)
  return scrubObject(value, depth)
}

/** A finished line, or any text that may be shown, with what looks like a secret or a person's data masked. */
export function scrubText(text: string): string {
  let clean = text
  for (const [pattern, replacement] of PATTERNS) clean = clean.replaceAll(pattern, replacement)
  return clean.replaceAll(CARD_LIKE, (digits, offset: number, line: string) => {
    if (!isCardNumber(digits.replaceAll(/\D/g, ''))) return digits
    // A bare JSON number becomes a JSON string, so that the line can still be read.
    return line.slice(0, offset).endsWith('":') ? `"${MASK}"` : MASK
  })
}

// In one piece or in groups; never a part of a UUID, a decimal or a longer number.
const CARD_LIKE = /(?<![\w.-])\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{2,7}(?![\w.-])/g

/** The check digit of ISO/IEC 7812: nine in ten numbers that are no card fail it, and stay readable. */
function isCardNumber(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    const doubled = digit * 2
    sum += i % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

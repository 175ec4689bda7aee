import type { Order } from '#canon/order.ts'

// What was sent and answered, as people may see it in a history: what a connector calls personal, what is called so by
// its name, and every text that holds what the customer said of themselves, is covered.

export const MASK = '•••'

export type Covering = {
  /** Paths of personal data, as `Reader.personal` has them: the last word of each counts, at any depth. */
  readonly names: ReadonlySet<string>
  /** What the order knows of the customer. */
  readonly words: readonly string[]
}

const NAMES = [
  'phone',
  'phone_number',
  'mobile',
  'email',
  'email_address',
  'address',
  'street',
  'postal_code',
  'zip',
  'display_name',
  'first_name',
  'last_name',
  'given_name',
  'family_name',
  'customer_name',
  'buyer_name',
  'access_token',
  'app_key',
  'app_secret',
  'secret',
  'token',
  'password',
  'authorization',
  'callback_url',
]
const WORD_MIN = 3

export function coveringOf(order: Order | null, personal: Readonly<Record<string, readonly string[]>>): Covering {
  const last = (path: string) =>
    path
      .split('.')
      .filter((one) => one !== '*')
      .at(-1)
      ?.replace('[]', '') ?? ''
  const names = new Set([...NAMES, ...Object.values(personal).flat().map(last)].map(plain))
  return { names, words: order === null ? [] : wordsOf(order).filter((word) => word.trim().length >= WORD_MIN) }
}

/**
 * JSON as a value, covered; anything else as text, covered. Of JSON that is not whole nothing is shown: what is personal in
 * it cannot be told by its name, and it may be other customers'.
 */
export function maskedBody(text: string | null, covering: Covering): unknown {
  if (text === null || text === '') return null
  try {
    return masked(JSON.parse(text), covering)
  } catch {
    if (/^\s*[[{]/.test(text)) return `JSON of ${text.length} characters or more, which is not whole and not shown.`
    return maskedText(text.slice(0, 2_000), covering)
  }
}

function masked(value: unknown, covering: Covering): unknown {
  if (typeof value === 'string') return maskedText(value, covering)
  if (Array.isArray(value)) return value.map((one) => masked(one, covering))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      covering.names.has(plain(name)) && inner !== null ? MASK : masked(inner, covering),
    ]),
  )
}

function maskedText(text: string, { words }: Covering): string {
  let shown = text
  for (const word of words) shown = shown.replaceAll(word, MASK)
  return shown
}

/** `callbackUrl` and `callback_url` are one name. */
function plain(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase()
}

function wordsOf({ customer, fulfilment, note, items }: Order): string[] {
  const { address } = fulfilment
  const words = [
    customer?.name,
    ...(customer?.name.split(/\s+/) ?? []),
    customer?.phone,
    customer?.email,
    ...(address?.lines ?? []),
    address?.postalCode,
    fulfilment.note,
    note,
    ...items.map((item) => item.note),
  ]
  // The longest first: a name inside an address is covered with it.
  return words.filter((word) => typeof word === 'string').sort((a, b) => b.length - a.length)
}

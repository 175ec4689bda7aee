import { type CurrencyCode, isCurrencyCode } from '#kernel/currency.ts'
import { isZoneName, type ZoneName } from '#kernel/zone.ts'
import { CallFailed, type CredentialField, type CredentialProblem, type Credentials } from '../contract.ts'
import { type FieldMap, readFieldMap } from './field-map.ts'
import { isProfile, PROFILE_MAPS, PROFILES, type Profile } from './profiles.ts'

/** How a connection was set up, read from what was typed. */
export type Settings = {
  readonly profile: Profile
  /** Without a slash at the end. */
  readonly baseUrl: string
  readonly menuBaseUrl: string | null
  readonly restaurantId: string
  readonly zone: ZoneName
  readonly currency: CurrencyCode
  readonly placement: 'header' | 'body'
  readonly map: FieldMap
}

const field = (name: string, label: string, help: string, kind: 'secret' | 'plain', required: boolean) => {
  return { name, label, help, secret: kind === 'secret', required } satisfies CredentialField
}

export const FIELDS: readonly CredentialField[] = [
  field(
    'base_url',
    'Base URL',
    'Where the system takes orders, such as https://pos.example.com/v1. It comes with your credentials.',
    'plain',
    true,
  ),
  field(
    'profile',
    'Contract',
    'One of default, petpooja and urbanpiper. Left empty it is default, the contract in our reference.',
    'plain',
    false,
  ),
  field('restaurant_id', 'Restaurant id', 'The id by which the system knows this restaurant.', 'plain', true),
  field('app_key', 'App key', 'The first of the strings that the system’s support gave you.', 'secret', true),
  field('app_secret', 'App secret', 'The second of them, where there is one.', 'secret', false),
  field('access_token', 'Access token', 'The third of them, where there is one.', 'secret', false),
  field(
    'business_id',
    'Business id',
    'Of one brand among several, sent as X-UPR-Biz-Id with the contract urbanpiper alone.',
    'plain',
    false,
  ),
  field(
    'menu_base_url',
    'Base URL of the menu',
    'Only where the menu is read from another address than the one that takes orders.',
    'plain',
    false,
  ),
  field(
    'time_zone',
    'Time zone',
    'The restaurant’s clock, such as Asia/Kolkata, which it is when left empty.',
    'plain',
    false,
  ),
  field('currency', 'Currency', 'What the restaurant takes, such as INR, which it is when left empty.', 'plain', false),
  field(
    'credential_placement',
    'Place of the credentials',
    'header or body: where the system wants them. Left empty it is as the contract has it.',
    'plain',
    false,
  ),
  field(
    'field_map',
    'Field map',
    'JSON with what differs from the contract: words, fields and calls. The guide lists its entries.',
    'plain',
    false,
  ),
]

/**
 * Throws `CallFailed` (`unauthorized`) for credentials that {@link problemsOf} finds fault with: nobody can be asked with
 * them, and a person must give others.
 */
export function settingsOf(credentials: Credentials): Settings {
  const { settings, problems } = read(credentials)
  if (settings !== null) return settings
  const code = `settings_${problems[0]?.field ?? 'wrong'}`
  throw new CallFailed('settings', { kind: 'unauthorized', code, revoked: true }, true)
}

export function problemsOf(credentials: Credentials): readonly CredentialProblem[] {
  return read(credentials).problems
}

function read(credentials: Credentials): { settings: Settings | null; problems: readonly CredentialProblem[] } {
  const given = (name: string) => credentials[name]?.trim() ?? ''
  const problems: CredentialProblem[] = []
  const wrong = (name: string, say: string) => void problems.push({ field: name, say })

  const profile = (given('profile') || 'default').toLowerCase()
  if (!isProfile(profile)) wrong('profile', `The contract must be one of ${PROFILES.join(', ')}.`)
  for (const name of ['base_url', 'menu_base_url']) {
    const say = given(name) === '' ? null : addressProblem(given(name))
    if (say !== null) wrong(name, say)
  }
  const zone = given('time_zone') || 'Asia/Kolkata'
  if (!isZoneName(zone)) wrong('time_zone', 'The time zone must be a name such as Asia/Kolkata.')
  const currency = (given('currency') || 'INR').toUpperCase()
  if (!isCurrencyCode(currency)) wrong('currency', 'The currency must be a code of three letters such as INR.')
  const placement = given('credential_placement').toLowerCase() || (profile === 'petpooja' ? 'body' : 'header')
  if (placement !== 'header' && placement !== 'body') {
    wrong('credential_placement', 'The place of the credentials must be header or body.')
  }
  for (const name of ['app_key', 'app_secret', 'access_token', 'business_id']) {
    if (!/^[\x21-\x7e]*$/.test(given(name))) wrong(name, 'It holds a space or a character that no header may hold.')
  }
  if (!/^[\x21-\x7e]{0,100}$/.test(given('restaurant_id'))) {
    wrong('restaurant_id', 'The restaurant id must be at most 100 characters without a space.')
  }
  const mapped = readFieldMap(credentials.field_map, PROFILE_MAPS[isProfile(profile) ? profile : 'default'])
  if ('say' in mapped) wrong('field_map', mapped.say)

  if (problems.length > 0 || 'say' in mapped || !isProfile(profile) || !isZoneName(zone) || !isCurrencyCode(currency)) {
    return { settings: null, problems }
  }
  const settings: Settings = {
    profile,
    baseUrl: withoutSlash(given('base_url')),
    menuBaseUrl: given('menu_base_url') === '' ? null : withoutSlash(given('menu_base_url')),
    restaurantId: given('restaurant_id'),
    zone,
    currency,
    placement: placement === 'body' ? 'body' : 'header',
    map: mapped.map,
  }
  return { settings, problems: [] }
}

function addressProblem(text: string): string | null {
  if (!URL.canParse(text)) return 'The address must be one such as https://pos.example.com/v1.'
  const { protocol, hostname, username, password, search, hash } = new URL(text)
  if (protocol !== 'https:' && protocol !== 'http:') return 'The address must begin with https://.'
  if (username !== '' || password !== '') return 'The address must hold no user and no password.'
  if (search !== '' || hash !== '') return 'The address must end before ? and #.'
  if (protocol === 'http:' && !isInHouse(hostname)) {
    return 'The address must begin with https://: over http:// anybody on the way reads the credentials.'
  }
  return null
}

/** Plainly in one's own network, where some tills speak no https. Whether the hub goes there is the hub's to say. */
function isInHouse(hostname: string): boolean {
  return (
    /^(?:127|10)\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\./.test(hostname) ||
    hostname === '[::1]' ||
    !hostname.includes('.') ||
    /\.(?:localhost|local|internal|lan|home\.arpa|test)$/.test(hostname)
  )
}

function withoutSlash(text: string): string {
  return text.replace(/\/+$/, '')
}

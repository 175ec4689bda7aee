import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Fault } from '#kernel/fault.ts'
import { PROVIDER_SETTINGS } from './provider-settings.ts'
import type { SettingSpec } from './setting-spec.ts'

// Every setting, once: its name, its default, its meaning. They come from the environment; `tillwire settings` prints all
// of them with where each came from, and docs/reference/settings.md is checked against this list.

const OWN_SETTINGS = [
  { name: 'PORT', fallback: '9010', secret: false, say: 'TCP port of the hub.' },
  { name: 'HOST', fallback: '127.0.0.1', secret: false, say: 'Address to listen on; 0.0.0.0 for every interface.' },
  {
    name: 'TILLWIRE_PUBLIC_URL',
    also: ['WEBHOOK_BASE_URL'],
    fallback: null,
    secret: false,
    say: 'Where the world reaches the hub, such as https://hub.example.com; http://localhost:PORT when left out.',
  },
  {
    name: 'TILLWIRE_DATA_DIR',
    fallback: null,
    secret: false,
    say: 'Data folder; /var/lib/tillwire for root, ~/.local/share/tillwire for anybody else.',
  },
  {
    name: 'DATABASE_URL',
    also: ['POS_DATABASE_URL'],
    fallback: null,
    secret: true,
    say: 'A PostgreSQL 16, 17 or 18 server to use instead of the built-in one.',
  },
  {
    name: 'TILLWIRE_ROOT_KEY',
    fallback: null,
    secret: true,
    say: 'The root key, 32 bytes in base64. With the built-in database a file is made at the first start instead.',
  },
  { name: 'TILLWIRE_ROOT_KEY_FILE', fallback: null, secret: false, say: 'A file that holds the root key.' },
  { name: 'TILLWIRE_LOG_LEVEL', fallback: 'info', secret: false, say: 'trace, debug, info, warn, error or silent.' },
  {
    name: 'TILLWIRE_TRUST_PROXY',
    fallback: null,
    secret: false,
    say: 'Addresses or networks of proxies in front, separated by commas, whose X-Forwarded-For is believed.',
  },
  {
    name: 'TILLWIRE_METRICS_TOKEN',
    fallback: null,
    secret: true,
    say: 'Bearer token that may read /metrics from elsewhere.',
  },
  {
    name: 'TILLWIRE_IMPORT_BYTES_MAX',
    fallback: String(2 * 1024 ** 3),
    secret: false,
    say: 'Most bytes of a file to import, as it is sent.',
  },
  {
    name: 'TILLWIRE_DROP_DIR',
    fallback: null,
    secret: false,
    say: 'Folder whose files are imported: a folder for each tenant in it, named by its slug. Off when left out.',
  },
  {
    name: 'TILLWIRE_DROP_SECONDS',
    fallback: '5',
    secret: false,
    say: 'How often the drop folder is looked at. A file is taken when two looks found it the same.',
  },
  {
    name: 'TILLWIRE_PRIVATE_ADDRESSES',
    fallback: 'refuse',
    secret: false,
    say: 'Whether addresses that a tenant names may lead into private networks: refuse or allow. Allow it in a shop of your own whose till is in the same network.',
  },
  {
    name: 'TILLWIRE_CLOCK_URL',
    fallback: null,
    secret: false,
    say: 'Control address of a simulator whose clock the hub goes by, for demonstrations and tests. Never for real use.',
  },
  {
    name: 'SMTP_URL',
    fallback: null,
    secret: true,
    say: 'Mail server for notices, such as smtp://user:password@mail.example.com:587 or smtps://…:465. No mail when left out.',
  },
  {
    name: 'MAIL_FROM',
    fallback: null,
    secret: false,
    say: 'Sender of notices, such as Tillwire <hub@example.com>. Needed with SMTP_URL.',
  },
  {
    name: 'WHATSAPP_ACCESS_TOKEN',
    fallback: null,
    secret: true,
    say: 'Access token of a system user at Meta, for notices by WhatsApp. None are sent when left out.',
  },
  {
    name: 'WHATSAPP_PHONE_NUMBER_ID',
    fallback: null,
    secret: false,
    say: 'Id of the number at Meta that notices come from. Needed with WHATSAPP_ACCESS_TOKEN.',
  },
  {
    name: 'WHATSAPP_TEMPLATE',
    fallback: 'tillwire_notice',
    secret: false,
    say: 'Name of an approved template whose body has one parameter: the text of the notice.',
  },
  { name: 'WHATSAPP_LANGUAGE', fallback: 'en', secret: false, say: 'Language of that template, as Meta writes it.' },
  {
    name: 'WHATSAPP_BASE_URL',
    fallback: 'https://graph.facebook.com/v23.0',
    secret: false,
    say: 'Where the Cloud API of WhatsApp is reached, with its version.',
  },
] as const satisfies readonly SettingSpec[]

export const SETTINGS: readonly SettingSpec[] = [...OWN_SETTINGS, ...PROVIDER_SETTINGS]

/** A setting of the hub itself; those of a provider are named after it. */
export type SettingName = (typeof OWN_SETTINGS)[number]['name']

export type SettingValue = {
  readonly name: string
  readonly value: string | null
  /** The environment variable it came from, or null for the default. */
  readonly origin: string | null
  readonly secret: boolean
  readonly say: string
}

export type Settings = {
  readonly port: number
  readonly host: string
  readonly publicUrl: URL
  readonly dataDir: string
  /** Null: the built-in PostgreSQL. */
  readonly databaseUrl: string | null
  readonly rootKey: string | null
  readonly rootKeyFile: string | null
  readonly logLevel: string
  readonly trustProxy: readonly string[]
  readonly metricsToken: string | null
  readonly importBytesMax: number
  /** Null: no folder is looked at. */
  readonly dropDir: string | null
  readonly dropSeconds: number
  /** Whether the hub goes into private networks for an address that a tenant named. */
  readonly privateAddresses: 'refuse' | 'allow'
  /** Null: the machine's own clock. */
  readonly clockUrl: URL | null
  /** Null: no mail is sent. */
  readonly mail: { readonly url: string; readonly from: string } | null
  /** Null: nothing is sent by WhatsApp. */
  readonly whatsapp: WhatsAppSettings | null
  /** What the environment says of providers, by the setting's name. */
  readonly providers: ReadonlyMap<string, string>
}

export type WhatsAppSettings = {
  readonly accessToken: string
  readonly phoneNumberId: string
  readonly baseUrl: string
  readonly template: { readonly name: string; readonly language: string }
}

type Environment = Readonly<Record<string, string | undefined>>

export function listSettings(env: Environment): SettingValue[] {
  return SETTINGS.map((spec) => {
    const names = [spec.name, ...(spec.also ?? [])]
    const origin = names.find((name) => (env[name] ?? '') !== '') ?? null
    const value = origin === null ? spec.fallback : (env[origin] ?? null)
    return { name: spec.name, value, origin, secret: spec.secret, say: spec.say }
  })
}

/** Throws `setting.bad` with the name of the setting that cannot be used. */
export function readSettings(env: Environment): Settings {
  const values = new Map(listSettings(env).map((setting) => [setting.name, setting.value]))
  const text = (name: SettingName) => values.get(name) ?? null
  const port = wholeNumber('PORT', text('PORT'), 0, 65_535)
  const clockUrl = text('TILLWIRE_CLOCK_URL')
  return {
    port,
    host: text('HOST') ?? '127.0.0.1',
    publicUrl: urlOf('TILLWIRE_PUBLIC_URL', text('TILLWIRE_PUBLIC_URL') ?? `http://localhost:${port}`),
    dataDir: path.resolve(text('TILLWIRE_DATA_DIR') ?? defaultDataDir(env)),
    databaseUrl: databaseUrl(text('DATABASE_URL')),
    rootKey: text('TILLWIRE_ROOT_KEY'),
    rootKeyFile: text('TILLWIRE_ROOT_KEY_FILE'),
    logLevel: text('TILLWIRE_LOG_LEVEL') ?? 'info',
    trustProxy: (text('TILLWIRE_TRUST_PROXY') ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
    metricsToken: text('TILLWIRE_METRICS_TOKEN'),
    importBytesMax: wholeNumber(
      'TILLWIRE_IMPORT_BYTES_MAX',
      text('TILLWIRE_IMPORT_BYTES_MAX'),
      1,
      Number.MAX_SAFE_INTEGER,
    ),
    dropDir: dropDir(text('TILLWIRE_DROP_DIR')),
    dropSeconds: wholeNumber('TILLWIRE_DROP_SECONDS', text('TILLWIRE_DROP_SECONDS'), 1, 3_600),
    privateAddresses: refuseOrAllow('TILLWIRE_PRIVATE_ADDRESSES', text('TILLWIRE_PRIVATE_ADDRESSES')),
    clockUrl: clockUrl === null ? null : urlOf('TILLWIRE_CLOCK_URL', clockUrl),
    mail: mailSettings(text),
    whatsapp: whatsAppSettings(text),
    providers: new Map(
      PROVIDER_SETTINGS.flatMap(({ name }) => {
        const value = values.get(name) ?? null
        return value === null ? [] : [[name, value] as const]
      }),
    ),
  }
}

type Text = (name: SettingName) => string | null

function mailSettings(text: Text): Settings['mail'] {
  const [url, from] = [text('SMTP_URL'), text('MAIL_FROM')]
  if (url === null) return null
  if (!URL.canParse(url) || !/^smtps?:\/\//.test(url))
    throw bad('SMTP_URL', 'an address such as smtp://mail.example.com:587')
  if (from === null || !/^[^<>\r\n]*<?[^\s<>@]+@[^\s<>@]+>?$/.test(from)) {
    throw bad('MAIL_FROM', 'a mail address such as Tillwire <hub@example.com>, since SMTP_URL is set')
  }
  return { url, from }
}

function whatsAppSettings(text: Text): Settings['whatsapp'] {
  const [accessToken, phoneNumberId] = [text('WHATSAPP_ACCESS_TOKEN'), text('WHATSAPP_PHONE_NUMBER_ID')]
  if (accessToken === null) return null
  if (phoneNumberId === null || !/^\d{5,30}$/.test(phoneNumberId)) {
    throw bad('WHATSAPP_PHONE_NUMBER_ID', 'the number’s id at Meta (digits), since WHATSAPP_ACCESS_TOKEN is set')
  }
  const template = { name: text('WHATSAPP_TEMPLATE') ?? '', language: text('WHATSAPP_LANGUAGE') ?? '' }
  const baseUrl = urlOf('WHATSAPP_BASE_URL', text('WHATSAPP_BASE_URL') ?? '').href
  return { accessToken, phoneNumberId, baseUrl, template }
}

function defaultDataDir(env: Environment): string {
  if (process.getuid?.() === 0) return '/var/lib/tillwire'
  return path.join(env.XDG_DATA_HOME ?? path.join(homedir(), '.local', 'share'), 'tillwire')
}

function dropDir(text: string | null): string | null {
  return text === null ? null : path.resolve(text)
}

/** Python programs write `postgresql+asyncpg://`; the driver's name means nothing to us. */
function databaseUrl(text: string | null): string | null {
  if (text === null) return null
  const plain = text.replace(/^(postgres(?:ql)?)\+[a-z0-9_]+:/i, '$1:')
  if (/^postgres(ql)?:\/\//i.test(plain)) return plain
  throw bad('DATABASE_URL', 'an address such as postgres://user:password@host:5432/database')
}

function wholeNumber(name: SettingName, text: string | null, least: number, most: number): number {
  const number = Number(text)
  if (text !== null && Number.isInteger(number) && number >= least && number <= most) return number
  throw bad(name, `a whole number from ${least} to ${most}`)
}

function refuseOrAllow(name: SettingName, text: string | null): 'refuse' | 'allow' {
  if (text === 'refuse' || text === 'allow') return text
  throw bad(name, 'refuse or allow')
}

function urlOf(name: SettingName, text: string): URL {
  if (URL.canParse(text) && /^https?:\/\//.test(text)) return new URL(text)
  throw bad(name, 'an address such as https://hub.example.com')
}

function bad(name: SettingName, detail: string): Fault {
  return new Fault('invalid', 'setting.bad', {
    say: `The setting ${name} must be ${detail}. Mend it and start again.`,
    detail: { setting: name },
  })
}

/** The version that package.json states. */
export function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return version
}

/** Where the built dashboard lies, or null when it was not built. */
export function findWebDir(): string | null {
  const dir = fileURLToPath(new URL('../../web/dist', import.meta.url))
  return existsSync(path.join(dir, 'index.html')) ? dir : null
}

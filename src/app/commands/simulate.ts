import { Fault } from '#kernel/fault.ts'
import { zoneName } from '#kernel/zone.ts'
import { SIMULATORS, type SimulatorLine } from '#simulators/registry.ts'
import { CURRENCIES } from '#simulators/trade/currencies.ts'
import { shopOf, sitesOf } from '#simulators/trade/shop.ts'
import { settingName } from '../provider-settings.ts'

// `tillwire simulate PROVIDER`: a provider's stand-in as a process of its own, until it is stopped. With --json it prints
// one line that says where it is, how to sign in and how it is controlled.

export type SimulateOptions = {
  readonly port?: string
  readonly seed: string
  readonly shop: string
  readonly days: string
  readonly locations: string
  /** The simulator's own home when left out. */
  readonly country?: string
  readonly profile?: string
  readonly scale: string
  readonly zone?: string
  readonly calls?: string
  readonly liveScale: string
  readonly attached?: boolean
  readonly live?: boolean
  readonly json?: boolean
}

const SHOPS = ['cafe', 'restaurant', 'retail'] as const
type ShopKind = (typeof SHOPS)[number]

/** Where the shop stands: its currency and its clock. Tax is read differently here and there. */
const COUNTRIES = {
  US: { currency: CURRENCIES.USD, timeZone: 'America/New_York' },
  IE: { currency: CURRENCIES.EUR, timeZone: 'Europe/Dublin' },
  GB: { currency: CURRENCIES.GBP, timeZone: 'Europe/London' },
  DE: { currency: CURRENCIES.EUR, timeZone: 'Europe/Berlin' },
  AU: { currency: CURRENCIES.AUD, timeZone: 'Australia/Sydney' },
  JP: { currency: CURRENCIES.JPY, timeZone: 'Asia/Tokyo' },
  IN: { currency: CURRENCIES.INR, timeZone: 'Asia/Kolkata' },
} as const

const DAY_MS = 86_400_000

/** Throws `simulate.provider`, `command.bad`. */
export async function simulate(provider: string, options: SimulateOptions): Promise<void> {
  const simulator = SIMULATORS[provider]
  if (simulator === undefined) {
    throw new Fault('invalid', 'simulate.provider', {
      say: `There is no simulator of "${provider.slice(0, 40)}". There is one of: ${Object.keys(SIMULATORS).join(', ')}.`,
    })
  }
  const country = oneOf(
    '--country',
    (options.country ?? simulator.home).toUpperCase(),
    Object.keys(COUNTRIES),
  ) as keyof typeof COUNTRIES
  const kind = oneOf('--shop', options.shop, SHOPS) as ShopKind
  const sites = sitesOf(wholeNumber('--locations', options.locations, 1, 500))
  const days = wholeNumber('--days', options.days, 0, 1_500)
  const scale = positiveNumber('--scale', options.scale)
  const running = await simulator.start({
    shop: shopOf(kind, { ...COUNTRIES[country], ...timeZoneOf(options.zone), sites, scale }),
    country,
    seed: options.seed,
    port: wholeNumber('--port', options.port ?? '0', 0, 65_535),
    liveScale: options.live === true ? positiveNumber('--live-scale', options.liveScale) : null,
    callsPerSecond: options.calls === undefined ? null : wholeNumber('--calls', options.calls, 1, 100_000),
    ...(options.profile === undefined ? {} : { profile: oneOf('--profile', options.profile, simulator.profiles) }),
  })
  stopOnSignal(() => running.close())
  if (options.attached === true) process.stdin.resume().once('end', () => process.exit(0))
  const now = running.now()
  if (days > 0) running.sell({ from: timeText(now - days * DAY_MS), to: timeText(now) })
  if (options.json === true) console.log(JSON.stringify(running.line))
  else sayRunning(simulator.name, provider, running.line)
}

function sayRunning(name: string, provider: string, line: SimulatorLine): void {
  console.log(
    [
      '',
      `  A made-up ${name} serves at ${line.base_url}`,
      `  Control it at ${line.control_url} (POST /sell, /faults, /clock; GET /books, /requests)`,
      '',
      '  Let a hub talk to it:',
      `    ${settingName(provider, 'BASE_URL')}=${line.base_url} npm start`,
      '  and connect with this made-up sign-in:',
      ...Object.entries(line.credentials).flatMap(([name, value]) =>
        typeof value === 'string' ? [`    ${name}: ${value}`] : [],
      ),
      '',
      '  Ctrl-C ends it.',
      '',
    ].join('\n'),
  )
}

function timeZoneOf(zone: string | undefined): { timeZone?: string } {
  return zone === undefined ? {} : { timeZone: zoneName(zone) }
}

function timeText(ms: number): string {
  return new Date(ms).toISOString()
}

function positiveNumber(option: string, text: string): number {
  const number = Number(text)
  if (Number.isFinite(number) && number > 0 && number <= 1_000) return number
  throw bad(option, 'a number above 0 and up to 1000', text)
}

function stopOnSignal(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void stop().then(() => process.exit(0)))
  }
}

function oneOf(option: string, said: string, known: readonly string[]): string {
  if (known.includes(said)) return said
  throw bad(option, `one of ${known.join(', ')}`, said)
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const number = Number(text)
  if (text.trim() !== '' && Number.isInteger(number) && number >= least && number <= most) return number
  throw bad(option, `a whole number from ${least} to ${most}`, text)
}

function bad(option: string, wanted: string, said: string): Fault {
  return new Fault('invalid', 'command.bad', { say: `${option} must be ${wanted}, not "${said.slice(0, 40)}".` })
}

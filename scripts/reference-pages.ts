import { describeRoutes } from '../src/app/describe.ts'
import { main } from '../src/app/main.ts'
import { SETTINGS } from '../src/app/settings.ts'
import type { Route } from '../src/platform/http/route.ts'
import { arrowTables } from '../tests/tidy/arrows.ts'
import { commandsOf } from '../tests/tidy/papers.ts'
import { type Call, propertyOf, stringOf, type Tree } from '../tests/tidy/sources.ts'

// The pages of docs/reference/ that can be made from the code, so that they cannot say anything else. `npm run docs`
// writes them; the tidy test makes them again and compares.

const MADE = '<!-- Made from the code by `npm run docs`: change the code, not this page. -->'

export async function referencePages(tree: Tree): Promise<ReadonlyMap<string, string>> {
  const pages = new Map([
    ['docs/reference/faults.md', await faultsPage(tree)],
    ['docs/reference/files.md', await filesPage()],
    ['docs/reference/settings.md', settingsPage()],
    ['docs/reference/routes.md', routesPage(await describeRoutes())],
    ['docs/reference/metrics.md', metricsPage(tree)],
    ['docs/reference/cli.md', await cliPage(tree)],
    ['docs/reference/figures.md', await figuresPage()],
  ])
  const map = tree.papers.get('ARCHITECTURE.md')
  if (map !== undefined) pages.set('ARCHITECTURE.md', between(map, 'arrows', arrowTables()))
  return pages
}

/** Every table of faults in the code: its file, and what each code means. */
export async function faultTables(tree: Tree): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const tables = new Map<string, Readonly<Record<string, string>>>()
  const files = [...tree.sources.keys()]
    .filter((path) => path.endsWith('/faults.ts') && !path.startsWith('simulators/'))
    .sort()
  for (const path of files) {
    const module = (await import(new URL(`../${path}`, import.meta.url).href)) as Record<string, unknown>
    for (const [name, table] of Object.entries(module)) {
      if (name.endsWith('_FAULTS')) tables.set(path, table as Record<string, string>)
    }
  }
  return tables
}

async function faultsPage(tree: Tree): Promise<string> {
  const tables = await faultTables(tree)
  const sections = [...tables].flatMap(([path, table]) => [
    `## ${titleOf(path)}`,
    '',
    ...rows(
      ['Code', 'Meaning'],
      Object.entries(table).map(([code, say]) => [`\`${code}\``, say]),
    ),
    '',
  ])
  return page('Faults', [
    'Every failure that a caller or a person hears of has a stable code. Programs decide by the code; the sentence that',
    'comes with it is for people and may change. On the wire a fault is `application/problem+json` (RFC 9457), with the',
    'code in `code` and as `urn:tillwire:fault:<code>` in `type`; fields that are to blame are named in `errors`.',
    '',
    'The kind of a fault settles the status: invalid 400, denied 403, missing 404, conflict 409, throttled 429,',
    'unavailable 503, broken 500. Some faults of the HTTP server and of signing in have a status of their own (401, 405,',
    '413, 415, 422). Only unavailable and throttled ones are worth the same request again.',
    '',
    ...sections,
  ])
}

function titleOf(path: string): string {
  const parts = path.split('/').slice(0, -1)
  const name = parts.at(-1) ?? ''
  const whole = name === 'app' ? 'hub and command line' : name
  return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}`
}

async function filesPage(): Promise<string> {
  const { FILE_NOTES, NOTICED, ROW_REJECTIONS } = await import('../connectors/spreadsheet/faults.ts')
  const { INTAKE_NOTES } = await import('../src/modules/intake/notes.ts')
  const table = (codes: Readonly<Record<string, string>>) =>
    rows(
      ['Code', 'Meaning'],
      Object.entries(codes).map(([code, say]) => [`\`${code}\``, say]),
    )
  return page('Files of sales', [
    'What an import says about a file, beside the faults that refuse it whole ([faults](faults.md#spreadsheet)).',
    '',
    '## Notes on a file',
    '',
    'Told when a file has been looked at. A note of the severity `confirm` waits for a person, or for `--yes`.',
    '',
    ...table(FILE_NOTES),
    '',
    'And from what is known of other files:',
    '',
    ...table(INTAKE_NOTES),
    '',
    '## Rows that are rejected',
    '',
    'The rest of the file is read. Each rejected row is kept with its number, its text and its reason.',
    '',
    ...table(ROW_REJECTIONS),
    '',
    '## What was noticed',
    '',
    'Counted per import in `noticed`.',
    '',
    ...table(NOTICED),
  ])
}

function settingsPage(): string {
  const list = SETTINGS.map((spec) => {
    const also = spec.also !== undefined ? spec.also.map((name) => `\`${name}\``).join(', ') : ''
    const fallback = spec.secret ? 'none (secret)' : spec.fallback === null ? 'none' : `\`${spec.fallback}\``
    return [`\`${spec.name}\``, also === '' ? '–' : also, fallback, spec.say]
  })
  return page('Settings', [
    'Settings come from the environment. `npx tillwire settings` prints every one with its value and where it came from,',
    'secrets masked. A value that cannot be used refuses the start and is named.',
    '',
    ...rows(['Setting', 'Also read from', 'Default', 'Meaning'], list),
    '',
    'Settings without a default here are worked out: the public URL from `PORT`, the data folder from who starts the hub.',
  ])
}

/** Addresses that the server itself serves, beside the declared ones. */
const OF_THE_SERVER: readonly (readonly [string, string, string])[] = [
  [
    '/healthz',
    'anybody',
    'The process lives. Asks nobody else, so that a supervisor does not restart for the database.',
  ],
  ['/readyz', 'anybody', 'Work can be taken: the database answers and is migrated. 503 with reasons otherwise.'],
  ['/metrics', 'the metrics token, or this machine', 'Metrics for Prometheus ([metrics](metrics.md)).'],
  ['/openapi.json', 'anybody', 'The OpenAPI 3.1 document, made from the same declarations.'],
  ['/docs', 'anybody', 'A readable page of that document.'],
]

function routesPage(routes: readonly Route[]): string {
  const byTag = Map.groupBy(routes, (route) => route.tags[0] ?? 'Other')
  const sections = [...byTag]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([tag, ofTag]) => [
      `## ${tag}`,
      '',
      ...rows(
        ['Method', 'Address', 'Scope', 'What it does'],
        [...ofTag]
          .sort((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1))
          .map((route) => [
            route.method,
            `\`${route.path.replaceAll(/:(\w+)/g, '{$1}')}\``,
            route.scope === 'public' || route.scope === 'person' ? route.scope : `\`${route.scope}\``,
            route.summary,
          ]),
      ),
      '',
    ])
  return page('Addresses', [
    'Every address of the hub with what a caller needs to hold. A scope is a noun and how far: `admin` includes `write`',
    'includes `read`. `public` is open to anybody, `person` to whoever is signed in. Fields, answers and limits stand in the',
    'OpenAPI document, at `/openapi.json` of a running hub or by `npx tillwire openapi`.',
    '',
    'Every write of a tenant takes an `Idempotency-Key` unless its description says otherwise: the same key with the same',
    'request gives the same answer for a day; with another request it is refused.',
    '',
    ...sections,
    '## Of the server itself',
    '',
    ...rows(
      ['Address', 'For', 'What it says'],
      OF_THE_SERVER.map(([path, who, say]) => [`\`${path}\``, who, say]),
    ),
  ])
}

export type Metric = { readonly name: string; readonly type: string; readonly help: string; readonly labels: string[] }

/** Metrics as the code declares them: `new Histogram({ name … })`, `metrics.counter('tillwire_…', 'help', [labels])`. */
export function metricsOf(tree: Tree): Metric[] {
  const found: Metric[] = []
  for (const [path, { calls }] of tree.sources) {
    if (!path.startsWith('src/') || path.endsWith('.test.ts')) continue
    for (const call of calls) {
      const metric = metricOf(call)
      if (metric) found.push(metric)
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function metricOf({ callee, args, isNew }: Call): Metric | null {
  const kind = /^(?:.*\.)?(counter|gauge|histogram)$/i.exec(callee)?.[1]?.toLowerCase()
  const [first, second] = args
  if (kind === undefined || first === undefined) return null
  if (isNew && first.type === 'ObjectExpression') {
    const name = stringOf(propertyOf(first, 'name'))
    const labels = propertyOf(first, 'labelNames')
    return name === null
      ? null
      : { name, type: kind, help: stringOf(propertyOf(first, 'help')) ?? '', labels: wordsOf(labels) }
  }
  const name = stringOf(first)
  if (name === null || !name.startsWith('tillwire_')) return null
  return { name, type: kind, help: stringOf(second ?? null) ?? '', labels: wordsOf(args.at(-1) ?? null) }
}

function wordsOf(list: ReturnType<typeof propertyOf>): string[] {
  if (list?.type !== 'ArrayExpression') return []
  return (list.elements as Parameters<typeof stringOf>[0][]).flatMap((one) => stringOf(one) ?? [])
}

function metricsPage(tree: Tree): string {
  const list = metricsOf(tree).map(({ name, type, help, labels }) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(', ') || '–',
    help,
  ])
  return page('Metrics', [
    'Read at `/metrics` by Prometheus or anything that speaks its text format, with `TILLWIRE_METRICS_TOKEN` as a bearer',
    'token, or without one from the machine itself while the hub has no public address. Names begin with `tillwire_`,',
    'values are in base units, totals end in `_total`. No label holds a tenant, an id or an address as it was called.',
    '',
    ...rows(['Metric', 'Type', 'Labels', 'Meaning'], list),
    '',
    'Beside these stand what prom-client tells of any Node process, with the same beginning: processor time',
    '(`tillwire_process_cpu_seconds_total`), memory (`tillwire_process_resident_memory_bytes`), the delay of the event loop',
    '(`tillwire_nodejs_eventloop_lag_seconds` and its kin), garbage collection and open handles.',
  ])
}

async function cliPage(tree: Tree): Promise<string> {
  const commands = [...new Set(commandsOf(tree.papers.get('src/app/main.ts') ?? ''))].filter(
    (name) => name !== 'create',
  )
  const sections: string[] = []
  for (const command of commands) {
    const words = command === 'tenant' ? ['tenant', 'create'] : [command]
    sections.push(`## ${words.join(' ')}`, '', '```', (await help([...words, '--help'])).trimEnd(), '```', '')
  }
  return page('Command line', [
    'Called as `npx tillwire …` in the folder of Tillwire. Commands take `--json`, which prints one JSON object on',
    'standard output; a failure prints `{"error":{"code":…,"detail":…}}` on standard error. The exit code is 0, 1 when',
    'something could not be done, 2 when the command was called wrongly, 70 when Tillwire itself broke.',
    '',
    'A command that needs the database uses that of the hub that runs on the same data folder, or starts the built-in one',
    'for its own time. Settings come from the environment, as for the hub ([settings](settings.md)).',
    '',
    ...sections,
  ])
}

/** What a call with --help prints, at the width of a file. */
async function help(args: readonly string[]): Promise<string> {
  const { stdout } = process
  const { write, columns } = stdout
  const { exitCode } = process
  let text = ''
  stdout.write = ((chunk: string) => {
    text += chunk
    return true
  }) as typeof stdout.write
  stdout.columns = 80
  try {
    await main(args)
  } finally {
    stdout.write = write
    stdout.columns = columns
    process.exitCode = exitCode
  }
  return text
}

async function figuresPage(): Promise<string> {
  const { DEFINITIONS } = await import('../src/modules/insights/definitions.ts')
  return page('Figures', [
    'What every figure means. The same sentences travel with the figures in `definitions`, and the dashboard shows them.',
    '',
    ...rows(
      ['Figure', 'Definition'],
      Object.entries(DEFINITIONS).map(([name, say]) => [`\`${name}\``, say]),
    ),
  ])
}

function page(title: string, lines: readonly string[]): string {
  return `${[`# ${title}`, '', MADE, '', ...lines].join('\n').trimEnd()}\n`
}

function rows(head: readonly string[], body: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...body.map(line)]
}

/** The text with what stands between `<!-- name -->` and `<!-- /name -->` replaced. */
export function between(text: string, name: string, inner: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const from = text.indexOf(start)
  const to = text.indexOf(end)
  if (from === -1 || to < from) throw new Error(`the document has no place between ${start} and ${end}`)
  return `${text.slice(0, from + start.length)}\n\n${inner}\n\n${text.slice(to)}`
}

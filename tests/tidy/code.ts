import { isTest } from './arrows.ts'
import type { Finding, Source, Tree } from './sources.ts'

// Rules about what stands in a file. An exception is a line of data with its reason.

type Exceptions = Readonly<Record<string, string>>

const isOurs = (path: string) => /^(?:src|connectors|simulators)\//.test(path) && !isTest(path)

function eachLine(source: Source, pattern: RegExp, says: (found: string) => string): Finding[] {
  return source.lines.flatMap((line, index) => {
    const found = pattern.exec(withoutComment(line))
    return found ? [`${source.path}:${index + 1}: ${says(found[0])}`] : []
  })
}

/** Good enough for looking: a line's own comment, and lines inside a block of them, are no code. */
function withoutComment(line: string): string {
  return /^\s*(?:\/\/|\*|\/\*)/.test(line) ? '' : line.replace(/(?<!:)\/\/ .*$/, '')
}

const DRAWERS = /(?:^|\/)(?:utils?|helpers?|common|misc|types|index|shared|lib)\.tsx?$/

const NAMED_BY_OTHERS: Exceptions = {
  'src/platform/postgres/types.ts': 'parsers of PostgreSQL’s own types',
}

/** A name that says nothing of what lies inside. */
export function drawers({ sources }: Tree): Finding[] {
  return [...sources.keys()]
    .filter((path) => DRAWERS.test(path) && !(path in NAMED_BY_OTHERS))
    .map((path) => `${path}: is a drawer; name it after what it holds`)
}

const PROVIDERS = /\b(?:square|shopify|toast|clover|lightspeed|zoho|dine[ -]?pos)\b/i

/** `src` knows systems by the contract's words and no provider by its name. */
export function providerNames({ sources }: Tree): Finding[] {
  return [...sources.values()]
    .filter(({ path }) => path.startsWith('src/') && !isTest(path))
    .flatMap((source) => eachLine(source, PROVIDERS, (found) => `names the provider ${found}`))
}

const MACHINE_CLOCK = /\bDate\.now\(\)|\bnew Date\(\)|\bMath\.random\(\)|\bTemporal\.Now\b/
const SERVER_CLOCK = /\bnow\(\)|\bcurrent_(?:timestamp|date|time)\b|\b(?:clock|statement|transaction)_timestamp\(\)/i

const MAY_ASK_SERVER_CLOCK: Exceptions = {
  'src/platform/postgres/migrate.ts': 'when a step of the schema was applied is the server’s business alone',
}

const MAY_ASK_MACHINE: Exceptions = {
  'simulators/stage/clock.ts': 'it is the clock that is handed to every simulator',
}

/** Time and chance are handed in. Only `app` asks the machine, and nobody asks the database. */
export function ownClocks({ sources }: Tree): Finding[] {
  return [...sources.values()]
    .filter(({ path }) => isOurs(path) && !path.startsWith('src/app/'))
    .flatMap((source) => [
      ...(source.path in MAY_ASK_MACHINE
        ? []
        : eachLine(source, MACHINE_CLOCK, (found) => `${found}: take the clock that is handed in`)),
      ...(source.path in MAY_ASK_SERVER_CLOCK ? [] : serverClocks(source)),
    ])
}

function serverClocks(source: Source): Finding[] {
  return source.texts
    .filter(({ value }) => SERVER_CLOCK.test(value) && /\b(?:select|insert|update|delete|values|where)\b/i.test(value))
    .map(({ line }) => `${source.path}:${line}: SQL asks the server’s clock; pass the moment in`)
}

const DAY_CAST =
  /\b\w*_at\b(?:\s+at time zone\s+\S+)?\s*\)?\s*::\s*date\b|\bcast\(\s*[\w.]*_at\b[^)]*\bas date\)|\bdate\(\s*[\w.]*_at\b|\bdate_trunc\(/i

/** The business day is stored; a report that works it out again would move days that were already reported. */
export function dayCasts({ sources }: Tree): Finding[] {
  return [...sources.values()]
    .filter(({ path }) => path.startsWith('src/modules/insights/') && !isTest(path))
    .flatMap((source) =>
      source.texts
        .filter(({ value }) => DAY_CAST.test(value))
        .map(({ line }) => `${source.path}:${line}: turns a moment into a day; use business_date`),
    )
}

/** Only the command line talks to a terminal; everything else has a log. */
export function consoles({ sources }: Tree): Finding[] {
  return [...sources.values()]
    .filter(({ path }) => /^(?:src|connectors|simulators|web|clients)\//.test(path) && !path.startsWith('src/app/'))
    .filter(({ path }) => !isTest(path))
    .flatMap((source) => eachLine(source, /\bconsole\.\w+/, (found) => `${found}: write to the log that is handed in`))
}

const SKIPS = /\b(?:test|it|describe|suite)\.(?:skip|todo|skipIf|runIf|only)\b/
const REASON = /\b(?:because|where|when|unless|only|without|absent|skipped|needs)\b/i

/** A test that does not run says why, in its name or right above it. `only` hides all the others. */
export function silentSkips({ sources }: Tree): Finding[] {
  return [...sources.values()]
    .filter(({ path }) => isTest(path) || path.startsWith('connectors/conformance/'))
    .filter(({ path }) => !path.startsWith('tests/tidy/'))
    .flatMap((source) =>
      source.lines.flatMap((line, index) => {
        const found = SKIPS.exec(withoutComment(line))
        if (!found) return []
        const said = [source.lines[index - 1], line, source.lines[index + 1]].join(' ')
        if (!found[0].endsWith('.only') && REASON.test(said.replace(SKIPS, ''))) return []
        return [`${source.path}:${index + 1}: ${found[0]} without a sentence that says why`]
      }),
    )
}

const LINES_MAX = 400
// A test file is read one test at a time.
const TEST_LINES_MAX = 600

const MAY_BE_LONG: Exceptions = {
  'web/src/app/texts.ts': 'every sentence of the dashboard, a table',
  'connectors/contract.ts': 'the one page that the author of a connector must read',
}

export function longFiles({ sources }: Tree): Finding[] {
  return [...sources.values()]
    .filter(({ path }) => !(path in MAY_BE_LONG) && !/\.gen(?:\.d)?\.ts$/.test(path))
    .filter(({ path, lines }) => lines.length - 1 > (isTest(path) ? TEST_LINES_MAX : LINES_MAX))
    .map(({ path, lines }) => `${path}: has ${lines.length - 1} lines; look for its second noun`)
}

/** Exceptions whose file is gone. */
export function idleExceptions({ sources }: Tree): Finding[] {
  return [NAMED_BY_OTHERS, MAY_ASK_MACHINE, MAY_ASK_SERVER_CLOCK, MAY_BE_LONG]
    .flatMap(Object.keys)
    .filter((path) => !sources.has(path))
    .map((path) => `tests/tidy/code.ts: excepts ${path}, which does not exist`)
}

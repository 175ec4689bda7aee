import { isTest } from './arrows.ts'
import { type Finding, propertyNames, propertyOf, type Source, stringOf, type Tree, visit } from './sources.ts'

// Documents of docs/reference/ that people write, held against the names in the code; and codes of faults, held against
// the tables that the generated pages are made from.

/** Codes that the code utters and no table explains, and codes of a table that nothing utters. */
export function strayFaults(
  { sources }: Tree,
  tables: ReadonlyMap<string, Readonly<Record<string, string>>>,
): Finding[] {
  const known = new Map([...tables].flatMap(([path, table]) => Object.keys(table).map((code) => [code, path] as const)))
  const texts = new Set<string>()
  const found: Finding[] = []
  for (const source of sources.values()) {
    if (!/^(?:src|connectors)\//.test(source.path) || isTest(source.path) || source.path.endsWith('/faults.ts'))
      continue
    for (const { value } of source.texts) texts.add(value)
    for (const { code, line } of utteredCodes(source)) {
      if (!known.has(code)) found.push(`${source.path}:${line}: utters ${code}, which no table of faults explains`)
    }
  }
  for (const [code, path] of known) if (!texts.has(code)) found.push(`${path}: explains ${code}, which nothing utters`)
  return found
}

function utteredCodes({ calls }: Source): { code: string; line: number }[] {
  return calls
    .filter(({ callee }) => /(?:^|\.)(?:Fault|HttpFault|httpFault|fileFault)$/.test(callee))
    .flatMap(({ args, line }) => {
      const codes: { code: string; line: number }[] = []
      // The code is the first or the second argument, or one of two in a condition.
      for (const argument of args.slice(0, 2)) {
        if (argument.type === 'ObjectExpression' || argument.type === 'TemplateLiteral') continue
        visit(argument, (node) => {
          const text = stringOf(node)
          if (text !== null && /^[a-z][a-z-]*\.[a-z][a-z_-]*$/.test(text)) codes.push({ code: text, line })
        })
      }
      return codes
    })
}

/** Types of event that the code appends, each with the fields of its data. */
export function eventsOf({ sources }: Tree): ReadonlyMap<string, readonly string[]> {
  const events = new Map<string, readonly string[]>()
  for (const source of sources.values()) {
    if (!/^src\/(?:modules|app)\//.test(source.path) || isTest(source.path)) continue
    for (const object of source.objects) {
      const type = stringOf(propertyOf(object, 'type'))
      const data = propertyOf(object, 'data')
      const isEvent = type !== null && propertyOf(object, 'occurredAt') !== null && data?.type === 'ObjectExpression'
      if (isEvent) events.set(type, [...new Set([...(events.get(type) ?? []), ...propertyNames(data)])].sort())
    }
  }
  return events
}

/** Jobs (`Task`s, by name) and steps of the heartbeat, as the code declares them. */
export function jobsOf({ sources }: Tree): readonly string[] {
  const names: string[] = []
  for (const source of sources.values()) {
    if (!source.path.startsWith('src/') || isTest(source.path)) continue
    for (const object of source.objects) {
      const name = stringOf(propertyOf(object, 'name'))
      if (name === null) continue
      const isTask = propertyOf(object, 'payload') !== null
      const isStep = propertyOf(object, 'everyMs') !== null && propertyOf(object, 'run') !== null
      if (isTask || isStep) names.push(name)
    }
  }
  return names.sort()
}

/** Names in the first column of a page's tables, each with the code spans of its last column. */
export function documentedNames(page: string): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, readonly string[]>()
  for (const line of page.split('\n')) {
    const cells = line.split(/(?<!\\)\|/).slice(1, -1)
    const name = /^ ?`([^`]+)` ?$/.exec(cells[0] ?? '')?.[1]
    if (name === undefined) continue
    names.set(name, [...(cells.at(-1) ?? '').matchAll(/`([^`]+)`/g)].map(([, word = '']) => word).sort())
  }
  return names
}

export function undocumentedJobs(tree: Tree): Finding[] {
  return compare('docs/reference/jobs.md', tree, jobsOf(tree))
}

export function undocumentedEvents(tree: Tree): Finding[] {
  const path = 'docs/reference/events.md'
  const events = eventsOf(tree)
  const page = documentedNames(tree.papers.get(path) ?? '')
  const fields = [...events].flatMap(([type, keys]) => {
    const told = page.get(type)
    if (told === undefined || told.join() === keys.join()) return []
    return [`${path}: ${type} carries ${keys.join(', ')}, and the page says ${told.join(', ') || 'nothing'}`]
  })
  return [...compare(path, tree, [...events.keys()]), ...fields]
}

/** Environment that the machine sets for every program. */
const OF_THE_MACHINE = new Set(['PATH', 'HOME', 'XDG_DATA_HOME', 'XDG_RUNTIME_DIR'])

/** Variables of the environment that the code reads without declaring them as settings. */
export function straySettings({ sources }: Tree, known: ReadonlySet<string>): Finding[] {
  return [...sources.values()]
    .filter(({ path }) => path.startsWith('src/') && !isTest(path))
    .flatMap((source) =>
      source.lines.flatMap((line, index) =>
        [...line.matchAll(/\benv(?:\.|\[')([A-Z][A-Z0-9_]*)/g)].flatMap(([, name = '']) =>
          known.has(name) || OF_THE_MACHINE.has(name)
            ? []
            : [`${source.path}:${index + 1}: reads ${name}, which is no setting`],
        ),
      ),
    )
}

/** Events that the dashboard waits for and nobody appends. */
export function awaitedInVain(tree: Tree): Finding[] {
  const live = tree.sources.get('web/src/app/live.ts')
  const known = eventsOf(tree)
  return (live?.texts ?? [])
    .filter(({ value }) => /^[a-z]+\.[a-z-]+$/.test(value) && !known.has(value))
    .map(({ value, line }) => `web/src/app/live.ts:${line}: waits for ${value}, which nobody appends`)
}

function compare(path: string, { papers }: Tree, names: readonly string[]): Finding[] {
  const told = documentedNames(papers.get(path) ?? '')
  return [
    ...names.filter((name) => !told.has(name)).map((name) => `${path}: has no line for ${name}`),
    ...[...told.keys()]
      .filter((name) => !names.includes(name))
      .map((name) => `${path}: tells of ${name}, which is not there`),
  ]
}

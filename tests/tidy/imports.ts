import {
  ENGINES,
  FLOORS,
  type Floor,
  floorOf,
  isTest,
  MODULES,
  OUTSIDE,
  partOf,
  SIMULATORS_FROM,
  STAGE,
} from './arrows.ts'
import type { Finding, Import, Source, Tree } from './sources.ts'

/** Every import that no arrow of the table allows. */
export function strayArrows({ sources }: Tree): Finding[] {
  return [...sources.values()].flatMap((source) =>
    source.imports.flatMap((one) => {
      const why = one.ours ? refusal(source, one) : null
      return why === null ? [] : [`${source.path}:${one.line}: imports ${one.to}: ${why}`]
    }),
  )
}

function refusal(source: Source, { to }: Import): string | null {
  const from = partOf(source.path)
  const part = partOf(to)
  const free = isTest(source.path) || from === 'root' || (OUTSIDE as readonly string[]).includes(from)
  if (free) return null
  if (isTest(to)) return 'only tests may import what serves tests'
  if (from === part) return from === 'web' ? webRefusal(source.path, to) : null
  const floor = floorOf(from)
  const target = floorOf(part)
  if (floor === undefined) return `${from} has no line in tests/tidy/arrows.ts`
  if (target === undefined) return `${part} is not there to be imported`
  const [, name = ''] = from.split('/')
  const [, targetName = ''] = part.split('/')
  if (floor.name === target.name) {
    if (floor.name === 'platform')
      return has(ENGINES[name], targetName) ? null : `${name} does not stand on ${targetName}`
    if (floor.name === 'modules') return doorRefusal(name, targetName, to)
    if (floor.name === 'simulators' && (has(STAGE, targetName) || source.path === 'simulators/registry.ts')) return null
    return `one of ${floor.name} must not import another`
  }
  if (!floor.may.includes(target.name)) return `${floor.name} may not import ${target.name}`
  if (target.name === 'simulators' && !SIMULATORS_FROM.some((folder) => source.path.startsWith(folder))) {
    return `only ${SIMULATORS_FROM.join(' and ')} may import simulators`
  }
  if (target.name !== 'modules') return null
  const doors = MODULES[targetName]
  return has(doors?.doors, base(to)) || has(doors?.forApp, base(to)) ? null : `it is no door of ${targetName}`
}

function doorRefusal(module: string, target: string, to: string): string | null {
  const own = MODULES[module]
  if (own === undefined) return `${module} has no line in tests/tidy/arrows.ts`
  if (!own.uses.includes(target)) return `${module} does not use ${target}`
  return has(MODULES[target]?.doors, base(to)) ? null : `it is no door of ${target}`
}

/** The dashboard flows one way: parts without data, then features, then the shell that shows them. */
function webRefusal(from: string, to: string): string | null {
  const layer = (path: string) => path.split('/')[2] ?? ''
  const feature = (path: string) => (layer(path) === 'features' ? (path.split('/')[3] ?? '') : null)
  if (!to.startsWith('web/')) return 'the dashboard imports nothing from outside'
  if (layer(from) === 'ui' && layer(to) !== 'ui') return 'ui knows no feature and no shell'
  const [own, other] = [feature(from), feature(to)]
  return own !== null && other !== null && own !== other ? 'a feature never imports another' : null
}

/** Lines of the tables that no import uses: a promise nobody needs is taken back. */
export function idleArrows({ sources }: Tree): Finding[] {
  const used = new Set<string>()
  for (const source of sources.values()) {
    if (isTest(source.path)) continue
    for (const { to, ours } of source.imports) if (ours) used.add(`${partOf(source.path)} ${partOf(to)}`).add(to)
  }
  const where = 'tests/tidy/arrows.ts: '
  const engines = Object.entries(ENGINES).flatMap(([name, on]) =>
    on
      .filter((other) => !used.has(`platform/${name} platform/${other}`))
      .map((other) => `${where}${name} does not import ${other}`),
  )
  const modules = Object.entries(MODULES).flatMap(([name, { doors, forApp, uses }]) => [
    ...uses
      .filter((other) => !used.has(`modules/${name} modules/${other}`))
      .map((other) => `${where}${name} does not import ${other}`),
    ...[...doors, ...forApp]
      .filter((door) => !used.has(`src/modules/${name}/${door}`))
      .map((door) => `${where}nobody imports ${name}/${door}`),
  ])
  return [...engines, ...modules]
}

/** Files that import each other in a circle, type imports included. Imports at run time (`import()`) do not close one. */
export function loops({ sources }: Tree): Finding[] {
  const order = new Map<string, { index: number; low: number; open: boolean }>()
  const stack: string[] = []
  const found: Finding[] = []
  const connect = (path: string): { low: number } => {
    const mine = { index: order.size, low: order.size, open: true }
    order.set(path, mine)
    stack.push(path)
    for (const { to, ours, kind } of sources.get(path)?.imports ?? []) {
      if (!ours || kind === 'dynamic' || !sources.has(to)) continue
      const theirs = order.get(to)
      if (theirs === undefined) mine.low = Math.min(mine.low, connect(to).low)
      else if (theirs.open) mine.low = Math.min(mine.low, theirs.index)
    }
    if (mine.low === mine.index) {
      const circle = stack.splice(stack.lastIndexOf(path))
      for (const one of circle) {
        const state = order.get(one)
        if (state) state.open = false
      }
      const toItself = sources.get(path)?.imports.some(({ to }) => to === path) === true
      if (circle.length > 1 || toItself)
        found.push(`${path}: imports itself in a circle of ${circle.sort().join(', ')}`)
    }
    return mine
  }
  for (const path of sources.keys()) if (!order.has(path)) connect(path)
  return found
}

// Read by something other than an import line.
const READ_OTHERWISE: readonly (readonly [RegExp, string])[] = [
  [/^(?:tests|bench|scripts|examples|bin)\//, 'run by hand or by the test runner'],
  [/\/faults\.ts$/, 'read by scripts/reference.ts'],
  [/^src\/app\/main\.ts$/, 'run by bin/tillwire.js'],
  [/^web\/src\/app\/main\.tsx$/, 'run by web/index.html'],
  [/(?:^|\/)(?:vite|vitest)(?:\.browser)?\.config\.ts$|^tests\/.*vitest.*\.ts$/, 'read by the tool of its name'],
  [/\.d\.ts$/, 'read by the compiler'],
  [/^simulators\/trade\/books\.ts$/, 'totals that tests hold other sums against'],
  [/^connectors\/conformance\//, 'the kit that connectors’ tests run'],
]

/** Files that nobody imports, or that only their own tests do. */
export function orphans({ sources }: Tree): Finding[] {
  const imported = new Set<string>()
  for (const source of sources.values()) {
    for (const { to } of source.imports) if (isTest(to) || !isTest(source.path)) imported.add(to)
  }
  return [...sources.keys()]
    .filter((path) => !imported.has(path) && !/\.test\.tsx?$/.test(path))
    .filter((path) => !READ_OTHERWISE.some(([pattern]) => pattern.test(path)))
    .map((path) => `${path}: nobody imports it`)
}

/** A connector folder without its line in the registry. */
export function unregistered({ sources }: Tree): Finding[] {
  const registry = sources.get('connectors/registry.ts')
  const listed = new Set(registry?.imports.map(({ to }) => partOf(to)))
  const folders = [...sources.keys()].map(partOf).filter((part) => /^connectors\/(?!conformance$)./.test(part))
  return [...new Set(folders)]
    .filter((folder) => !listed.has(folder))
    .map((folder) => `${folder}: has no line in connectors/registry.ts`)
}

function has(list: readonly string[] | undefined, name: string): boolean {
  return list?.includes(name) === true
}

function base(path: string): string {
  return path.split('/').slice(3).join('/')
}

/** Floors that a floor may import and that the table does not hold. */
export function unknownFloors(_tree: Tree, floors: readonly Pick<Floor, 'name' | 'may'>[] = FLOORS): Finding[] {
  const names = new Set(floors.map(({ name }) => name))
  return floors.flatMap(({ name, may }) =>
    may
      .filter((one) => !names.has(one))
      .map((one) => `tests/tidy/arrows.ts: ${name} may import ${one}, which is no floor`),
  )
}

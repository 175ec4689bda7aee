// The arrows of the house: who may import whom. The tidy test holds every import line to these tables, and the tables of
// ARCHITECTURE.md are written from them (`npm run docs`).

export type Floor = {
  readonly name: string
  /** Folder or file, as a person finds it. */
  readonly where: string
  /** Other floors, by name. A part's own files are always open to it. */
  readonly may: readonly string[]
  readonly never: string
}

export const FLOORS: readonly Floor[] = [
  { name: 'kernel', where: 'src/kernel', may: [], never: 'I/O, the clock, the environment' },
  { name: 'canon', where: 'src/canon', may: ['kernel'], never: 'a database row, a provider’s name' },
  {
    name: 'platform',
    where: 'src/platform/*',
    may: ['kernel'],
    never: 'canon: an engine that knows a sale is no engine',
  },
  { name: 'contract', where: 'connectors/contract*.ts', may: ['kernel', 'canon'], never: 'a concrete connector' },
  {
    name: 'connectors',
    where: 'connectors/*',
    may: ['kernel', 'canon', 'contract'],
    never: 'another connector, platform, modules',
  },
  {
    name: 'conformance',
    where: 'connectors/conformance',
    may: ['kernel', 'canon', 'contract'],
    never: 'a concrete connector',
  },
  { name: 'registry', where: 'connectors/registry.ts', may: ['contract', 'connectors'], never: 'anything else' },
  {
    name: 'modules',
    where: 'src/modules/*',
    may: ['kernel', 'canon', 'platform', 'contract'],
    never: 'a concrete connector, another module’s inner files or tables',
  },
  {
    name: 'app',
    where: 'src/app',
    may: ['kernel', 'canon', 'platform', 'contract', 'registry', 'conformance', 'modules', 'simulators'],
    never: 'being imported by what stands above it in this table',
  },
  {
    name: 'simulators',
    where: 'simulators/*',
    may: [],
    never: 'connectors and src: two readings must stay independent',
  },
  { name: 'web', where: 'web', may: [], never: 'src; it knows the hub by its HTTP addresses alone' },
  {
    name: 'examples',
    where: 'examples',
    may: ['kernel', 'canon', 'contract', 'conformance'],
    never: 'anything else of ours; they are written as a stranger would',
  },
]

/** Parts that may import everything, and that nothing else imports. */
export const OUTSIDE = ['tests', 'bench', 'scripts', 'bin'] as const

/** Simulators that every other one stands on: the stage they play on and the trade they play. */
export const STAGE = ['stage', 'trade'] as const

/** Only these folders of `app` may import simulators. */
export const SIMULATORS_FROM = ['src/app/demo/', 'src/app/commands/'] as const

/** Which engine of the platform stands on which other. */
export const ENGINES: Readonly<Record<string, readonly string[]>> = {
  postgres: [],
  telemetry: [],
  outbox: ['postgres'],
  queue: ['postgres'],
  vault: ['postgres'],
  outbound: ['telemetry'],
  http: ['postgres', 'telemetry'],
}

export type ModuleDoors = {
  /** What other modules may import: the module's door, and beside it files that are as public. */
  readonly doors: readonly string[]
  /** What `app` may import besides. */
  readonly forApp: readonly string[]
  /** Modules whose doors and views this one uses. */
  readonly uses: readonly string[]
}

export const MODULES: Readonly<Record<string, ModuleDoors>> = {
  access: { doors: ['access.ts'], forApp: ['keys.ts', 'people.ts', 'scopes.ts', 'tenants.ts'], uses: [] },
  sites: { doors: ['sites.ts'], forApp: ['routes.ts'], uses: [] },
  connections: {
    doors: ['connections.ts', 'endpoints.ts', 'for-orders.ts', 'live.ts'],
    forApp: ['keeping.ts', 'open.ts', 'sign-in-facts.ts'],
    uses: ['sites'],
  },
  mirror: {
    doors: [
      'mirror.ts',
      'catalog.ts',
      'catalog-list.ts',
      'draft.ts',
      'filing.ts',
      'known.ts',
      'sales.ts',
      'standing.ts',
      'wire.ts',
      'withdraw.ts',
    ],
    forApp: ['routes.ts', 'takings.ts'],
    uses: [],
  },
  intake: {
    doors: ['intake.ts'],
    forApp: [
      'background.ts',
      'confirm.ts',
      'correct.ts',
      'find.ts',
      'keep.ts',
      'live-intake.ts',
      'preview.ts',
      'receive.ts',
      'recover.ts',
      'routes.ts',
      'run.ts',
      'sync/start.ts',
      'store.ts',
      'undo.ts',
      'wire.ts',
      'wire-choices.ts',
      'wire-detection.ts',
    ],
    uses: ['connections', 'mirror', 'sites'],
  },
  notices: { doors: ['notices.ts'], forApp: ['open.ts'], uses: [] },
  matching: { doors: ['matching.ts'], forApp: [], uses: ['connections', 'mirror', 'notices'] },
  orders: { doors: ['orders.ts'], forApp: [], uses: ['sites'] },
  pushes: {
    doors: ['pushes.ts'],
    forApp: ['wishes.ts'],
    uses: ['connections', 'notices', 'orders', 'sites'],
  },
  insights: { doors: ['insights.ts'], forApp: [], uses: ['mirror', 'sites'] },
}

/** A part of the tree: the unit that arrows connect. */
export function partOf(path: string): string {
  const [first = '', second = '', third = ''] = path.split('/')
  if (first === 'src') return second === 'modules' || second === 'platform' ? `${second}/${third}` : second
  if (first === 'connectors') {
    if (/^connectors\/contract(?:-files)?\.ts$/.test(path)) return 'contract'
    if (path === 'connectors/registry.ts') return 'registry'
    if (second === 'conformance') return 'conformance'
    return `connectors/${second}`
  }
  if (first === 'simulators') return `${first}/${second}`
  return path.includes('/') ? first : 'root'
}

export function floorOf(part: string): Floor | undefined {
  return FLOORS.find((floor) => floor.name === (part.split('/')[0] ?? ''))
}

/** A test, or a file that only serves tests. Its name says so. */
export function isTest(path: string): boolean {
  return /(?:\.test\.tsx?|(?:^|\/)test-[a-z-]+\.tsx?)$/.test(path) || path.startsWith('tests/')
}

const list = (names: readonly string[]) =>
  names.length === 0 ? 'nothing of ours' : names.map((n) => `\`${n}\``).join(', ')

/** The tables as ARCHITECTURE.md shows them. */
export function arrowTables(): string {
  return [
    '| Part | Lies in | May import | Never |',
    '|---|---|---|---|',
    ...FLOORS.map(({ name, where, may, never }) => `| ${name} | \`${where}\` | ${list(may)} | ${never} |`),
    `| ${OUTSIDE.join(', ')} | | everything | being imported |`,
    '',
    '| Engine of the platform | Stands on |',
    '|---|---|',
    ...Object.entries(ENGINES).map(([name, on]) => `| \`${name}\` | ${list(on)} |`),
    '',
    '| Module | Uses the doors of | Its doors | For `app` besides |',
    '|---|---|---|---|',
    ...Object.entries(MODULES).map(([name, { doors, forApp, uses }]) => {
      const cells = [uses, doors, forApp].map((names) => (names.length === 0 ? '–' : list(names)))
      return `| \`${name}\` | ${cells.join(' | ')} |`
    }),
  ].join('\n')
}

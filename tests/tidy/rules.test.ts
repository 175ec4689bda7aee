import { expect, test } from 'vitest'
import { metricsOf } from '../../scripts/reference-pages.ts'
import { arrowTables } from './arrows.ts'
import {
  consoles,
  dayCasts,
  drawers,
  idleExceptions,
  longFiles,
  ownClocks,
  providerNames,
  silentSkips,
} from './code.ts'
import { idleArrows, loops, orphans, strayArrows, unknownFloors, unregistered } from './imports.ts'
import { deadLinks, longReadme, machineTraces, missingReadmes, unknownCommands, unmapped } from './papers.ts'
import {
  awaitedInVain,
  eventsOf,
  jobsOf,
  strayFaults,
  straySettings,
  undocumentedEvents,
  undocumentedJobs,
} from './references.ts'
import { type Finding, type Tree, treeWith } from './sources.ts'
import { foreignTables, ownersOf } from './tables.ts'

// A rule that cannot fail is worth nothing: each is shown a made-up tree that breaks it, and one that does not.

type Case = {
  readonly rule: (tree: Tree) => Finding[]
  /** File by file, what breaks the rule; the key of the expected finding is its beginning. */
  readonly bad: Readonly<Record<string, string>>
  readonly finds: readonly string[]
  readonly good: Readonly<Record<string, string>>
}

const none = ''

const CASES: Readonly<Record<string, Case>> = {
  'an arrow up': {
    rule: strayArrows,
    bad: {
      'src/kernel/money.ts': `import { sale } from '#canon/sale.ts'`,
      'src/canon/sale.ts': none,
      'src/platform/queue/queue.ts': `import type { Sale } from '#canon/sale.ts'`,
    },
    finds: [
      'src/kernel/money.ts:1: imports src/canon/sale.ts',
      'src/platform/queue/queue.ts:1: imports src/canon/sale.ts',
    ],
    good: { 'src/canon/sale.ts': `import { money } from '#kernel/money.ts'`, 'src/kernel/money.ts': none },
  },
  'an engine on an engine that it does not stand on': {
    rule: strayArrows,
    bad: { 'src/platform/postgres/database.ts': `import { log } from '../telemetry/log.ts'` },
    finds: ['src/platform/postgres/database.ts:1: imports src/platform/telemetry/log.ts'],
    good: { 'src/platform/outbox/append.ts': `import { open } from '#platform/postgres/database.ts'` },
  },
  'a module past another one’s door': {
    rule: strayArrows,
    bad: {
      'src/modules/intake/run.ts': `\nexport { claimSaleKeys } from '#modules/mirror/store-write.ts'`,
      'src/modules/mirror/mirror.ts': `import { runImport } from '#modules/intake/run.ts'`,
    },
    finds: [
      'src/modules/intake/run.ts:2: imports src/modules/mirror/store-write.ts: it is no door',
      'src/modules/mirror/mirror.ts:1: imports src/modules/intake/run.ts: mirror does not use intake',
    ],
    good: { 'src/modules/intake/run.ts': `import { recordSales } from '#modules/mirror/mirror.ts'` },
  },
  'a concrete connector in a module, and one in another': {
    rule: strayArrows,
    bad: {
      'src/modules/intake/run.ts': `const one = await import('#connectors/registry.ts')`,
      'connectors/acme/read.ts': `import { read } from '../spreadsheet/read.ts'`,
    },
    finds: ['src/modules/intake/run.ts:1: imports connectors/registry.ts', 'connectors/acme/read.ts:1: imports'],
    good: { 'connectors/acme/read.ts': `import type { Connector } from '../contract.ts'` },
  },
  'a simulator that reads our own code, and one that the hub leans on': {
    rule: strayArrows,
    bad: {
      'simulators/trade/money.ts': `import { money } from '#kernel/money.ts'`,
      'src/app/compose.ts': `import { trade } from '#simulators/trade/trade.ts'`,
    },
    finds: ['simulators/trade/money.ts:1: imports src/kernel/money.ts', 'src/app/compose.ts:1: imports simulators/'],
    good: { 'src/app/demo/trade.ts': `import { trade } from '#simulators/trade/trade.ts'` },
  },
  'an example that leans on what a stranger does not have, and a hub that leans on an example': {
    rule: strayArrows,
    bad: {
      'examples/acme/read.ts': `import { recordSales } from '../../src/modules/mirror/mirror.ts'`,
      'connectors/conformance/check.ts': `import { square } from '../square/connector.ts'`,
      'connectors/square/read.ts': `import { check } from '../conformance/check.ts'`,
      'src/app/commands/conform.ts': `import { acme } from '../../../examples/acme/connector.ts'`,
    },
    finds: [
      'examples/acme/read.ts:1: imports src/modules/mirror/mirror.ts',
      'connectors/conformance/check.ts:1: imports connectors/square/connector.ts',
      'connectors/square/read.ts:1: imports connectors/conformance/check.ts',
      'src/app/commands/conform.ts:1: imports examples/acme/connector.ts',
    ],
    good: {
      'examples/acme/connector.ts': `import type { Connector } from '../../connectors/contract.ts'`,
      'examples/acme/stage.ts': `import type { Stage } from '../../connectors/conformance/stage.ts'`,
      'connectors/square/square.test.ts': `import { conforms } from '../conformance/conforms.ts'`,
    },
  },
  'a feature of the dashboard that imports another': {
    rule: strayArrows,
    bad: {
      'web/src/features/sales/row.tsx': `import { badge } from '../overview/badge.tsx'`,
      'web/src/ui/badge.tsx': `import { texts } from '../app/texts.ts'`,
      'web/src/app/money.ts': `import { money } from '../../../src/kernel/money.ts'`,
    },
    finds: ['web/src/features/sales/row.tsx:1', 'web/src/ui/badge.tsx:1', 'web/src/app/money.ts:1'],
    good: { 'web/src/features/sales/row.tsx': `import { badge } from '../../ui/badge.tsx'` },
  },
  'code that leans on what serves tests': {
    rule: strayArrows,
    bad: { 'src/modules/mirror/mirror.ts': `import { shop } from './test-shop.ts'` },
    finds: ['src/modules/mirror/mirror.ts:1: imports src/modules/mirror/test-shop.ts'],
    good: { 'src/modules/mirror/mirror.test.ts': `import { shop } from './test-shop.ts'` },
  },
  'a loop of types': {
    rule: loops,
    bad: {
      'src/kernel/a.ts': `import type { B } from './b.ts'`,
      'src/kernel/b.ts': `import type { C } from './c.ts'`,
      'src/kernel/c.ts': `export type { A } from './a.ts'`,
    },
    finds: ['src/kernel/a.ts: imports itself in a circle of src/kernel/a.ts, src/kernel/b.ts, src/kernel/c.ts'],
    good: { 'src/kernel/a.ts': `import './b.ts'`, 'src/kernel/b.ts': `const later = () => import('./a.ts')` },
  },
  'a file that only its own test imports': {
    rule: orphans,
    bad: { 'src/kernel/money.ts': none, 'src/kernel/money.test.ts': `import './money.ts'` },
    finds: ['src/kernel/money.ts: nobody imports it'],
    good: { 'src/kernel/money.ts': none, 'src/app/main.ts': `import '#kernel/money.ts'` },
  },
  'a connector that nobody registered': {
    rule: unregistered,
    bad: { 'connectors/acme/connector.ts': none, 'connectors/registry.ts': none },
    finds: ['connectors/acme: has no line'],
    good: { 'connectors/acme/connector.ts': none, 'connectors/registry.ts': `import './acme/connector.ts'` },
  },
  'a drawer': {
    rule: drawers,
    bad: { 'src/kernel/utils.ts': none, 'web/src/ui/index.tsx': none },
    finds: ['src/kernel/utils.ts: is a drawer', 'web/src/ui/index.tsx: is a drawer'],
    good: { 'src/kernel/money.ts': none },
  },
  'a file of many lines': {
    rule: longFiles,
    bad: { 'src/kernel/money.ts': '\n'.repeat(401) },
    finds: ['src/kernel/money.ts: has 401 lines'],
    good: { 'src/kernel/money.ts': '\n'.repeat(400), 'web/src/app/api.gen.d.ts': '\n'.repeat(900) },
  },
  'a provider’s name': {
    rule: providerNames,
    bad: { 'src/modules/mirror/mirror.ts': `if (system === 'square') await wait()` },
    finds: ['src/modules/mirror/mirror.ts:1: names the provider square'],
    good: { 'src/modules/mirror/mirror.ts': '// On Square this would differ.\nconst area = squareOf(side)' },
  },
  'a clock of one’s own': {
    rule: ownClocks,
    bad: {
      'src/modules/mirror/mirror.ts': 'const at = Date.now()\nconst day = new Date()',
      'simulators/trade/day.ts': 'const luck = Math.random()',
      'src/modules/mirror/store.ts': 'sql`update pos.sites set at = now()`',
    },
    finds: [
      'src/modules/mirror/mirror.ts:1: Date.now()',
      'src/modules/mirror/mirror.ts:2: new Date()',
      'simulators/trade/day.ts:1: Math.random()',
      'src/modules/mirror/store.ts:1: SQL asks',
    ],
    good: { 'src/app/hub.ts': 'const at = Date.now()', 'src/modules/mirror/m.ts': 'const at = clock.now()' },
  },
  'a report that works out a day': {
    rule: dayCasts,
    bad: { 'src/modules/insights/store-sums.ts': 'sql`select sold_at::date from pos.sold_sales`' },
    finds: ['src/modules/insights/store-sums.ts:1: turns a moment into a day'],
    good: {
      'src/modules/insights/store-sums.ts': 'sql`select business_date from pos.daily_figures where d = $1::date`',
    },
  },
  'a word to the terminal': {
    rule: consoles,
    bad: { 'src/platform/queue/queue.ts': `console.log('here')` },
    finds: ['src/platform/queue/queue.ts:1: console.log'],
    good: { 'src/app/commands/doctor.ts': `console.log('here')` },
  },
  'a test that is skipped in silence': {
    rule: silentSkips,
    bad: { 'src/kernel/a.test.ts': `test.skip('money', run)\n\n\ndescribe.only('x', run)` },
    finds: ['src/kernel/a.test.ts:1: test.skip', 'src/kernel/a.test.ts:4: describe.only'],
    good: { 'src/kernel/a.test.ts': `// Skipped where there is no browser.\ntest.skip('money', run)` },
  },
  'SQL on a foreign table': {
    rule: foreignTables,
    bad: {
      'migrations/0005_mirror.sql': 'create table pos.transactions (\ncreate view pos.sold_sales as',
      'src/modules/insights/store-sums.ts': 'sql`select * from pos.transactions`\nsql`select * from pos.unheard_of`',
      'src/modules/access/keys.ts': `const table = 'pos.sold_sales'`,
    },
    finds: [
      'src/modules/insights/store-sums.ts:1: touches pos.transactions, which belongs to mirror',
      'src/modules/insights/store-sums.ts:2: names pos.unheard_of, which no migration makes',
      'src/modules/access/keys.ts:1: touches pos.sold_sales, which belongs to mirror',
    ],
    good: {
      'migrations/0005_mirror.sql': 'create table pos.transactions (\ncreate view pos.sold_sales as',
      'src/modules/insights/store-sums.ts': 'sql`select * from pos.sold_sales`',
      'src/modules/mirror/store.ts': 'sql`select * from pos.transactions`',
    },
  },
  'a README that grew': {
    rule: longReadme,
    bad: { 'README.md': 'line\n'.repeat(100) },
    finds: ['README.md: has 100 lines'],
    good: { 'README.md': 'line\n'.repeat(99) },
  },
  'a command that nobody can run': {
    rule: unknownCommands,
    bad: {
      'package.json': '{"scripts":{"demo":"…"}}',
      'src/app/main.ts': `command('import <file>', 'Import')`,
      'README.md': 'Run `npm run dmeo`.\nRun `npm test`.\nRun `npx tillwire improt file.csv`.',
    },
    finds: ['README.md:1: npm run dmeo', 'README.md:2: npm test', 'README.md:3: npx tillwire improt'],
    good: {
      'package.json': '{"scripts":{"demo":"…","test":"…"}}',
      'src/app/main.ts': `command('import <file>', 'Import')`,
      'README.md': 'Run `npm run demo`, `npm test`, `npx tillwire import file.csv`. The tillwire program says more.',
    },
  },
  'a link that leads nowhere': {
    rule: deadLinks,
    bad: { 'docs/start/a.md': 'See [b](b.md), [c](../../README.md#no-such-place).', 'README.md': '# Here' },
    finds: ['docs/start/a.md:1: links to b.md', 'docs/start/a.md:1: links to ../../README.md#no-such-place'],
    good: {
      'docs/start/a.md': 'See [c](../../README.md#a-heading) or [d](https://a.example).',
      'README.md': '## A heading',
    },
  },
  'a trace of a machine': {
    rule: machineTraces,
    bad: {
      'docs/a.md': `cd /ho${'me/anna'}/tillwire`,
      'package-lock.json': `"https://${'registry'}.npm${'js.org'}/a"`,
    },
    finds: ['docs/a.md:1: holds /ho', 'package-lock.json:1: holds registry'],
    good: { 'docs/a.md': 'cd tillwire' },
  },
  'a folder of the map that is missing': {
    rule: unmapped,
    bad: { 'ARCHITECTURE.md': 'nothing', 'attic/box.ts': none },
    finds: ['ARCHITECTURE.md: its map does not show attic/'],
    good: { 'ARCHITECTURE.md': arrowTables() },
  },
  'a module without a README': {
    rule: missingReadmes,
    bad: { 'connectors/acme/connector.ts': none },
    finds: ['connectors/acme: has no README.md'],
    good: { 'connectors/acme/connector.ts': none, 'connectors/acme/README.md': 'Acme' },
  },
  'a job without its line, and a line without its job': {
    rule: undocumentedJobs,
    bad: {
      'src/modules/a/jobs.ts': `const task = { name: 'a.bake', payload: z.object({}) }`,
      'docs/reference/jobs.md': '| `a.knead` | Kneads |',
    },
    finds: ['docs/reference/jobs.md: has no line for a.bake', 'docs/reference/jobs.md: tells of a.knead'],
    good: {
      'src/modules/a/jobs.ts': `const task = { name: 'a.bake', payload: z.object({}) }`,
      'docs/reference/jobs.md': '| `a.bake` | Bakes |',
    },
  },
  'an event without its line, and one whose data are told wrongly': {
    rule: undocumentedEvents,
    bad: {
      'src/modules/a/a.ts': `append([{ type: 'loaf.baked', occurredAt, data: { grams: 1 } }, { type: 'loaf.sold', occurredAt, data: {} }])`,
      'docs/reference/events.md': '| `loaf.baked` | A loaf | `crust` |',
    },
    finds: [
      'docs/reference/events.md: has no line for loaf.sold',
      'docs/reference/events.md: loaf.baked carries grams',
    ],
    good: {
      'src/modules/a/a.ts': `append([{ type: 'loaf.baked', occurredAt, data: { grams: 1 } }])`,
      'docs/reference/events.md': '| `loaf.baked` | A loaf | `grams` |',
    },
  },
}

for (const [name, { rule, bad, finds, good }] of Object.entries(CASES)) {
  test(`${name} is found`, () => {
    const found = rule(treeWith(bad)).filter((one) => finds.length > 0 && isAbout(one, bad))
    expect(found.map((one, index) => one.slice(0, finds[index]?.length))).toEqual(finds)
  })

  test(`without ${name} nothing is`, () => {
    expect(rule(treeWith(good)).filter((one) => isAbout(one, good))).toEqual([])
  })
}

/** A made-up tree lacks nearly everything: what is missing in it elsewhere is not what the case is about. */
function isAbout(finding: Finding, files: Readonly<Record<string, string>>): boolean {
  const place = finding.split(':')[0] ?? ''
  const known = Object.keys(files).some((path) => path === place || path.startsWith(`${place}/`))
  return known && !/show (?!attic)/.test(finding)
}

test('an arrow of the table that nobody uses is found', () => {
  expect(idleArrows(treeWith({ 'src/kernel/money.ts': none }))).toContain(
    'tests/tidy/arrows.ts: intake does not import mirror',
  )
})

test('a fault without an explanation is found, and an explanation without its fault', () => {
  const tree = treeWith({
    'src/modules/a/a.ts': `throw new Fault('invalid', late ? 'a.late' : 'a.early', { say })`,
    'src/modules/a/faults.ts': none,
  })
  const tables = new Map([['src/modules/a/faults.ts', { 'a.late': 'Too late.', 'a.burnt': 'Burnt.' }]])
  expect(strayFaults(tree, tables)).toEqual([
    'src/modules/a/a.ts:1: utters a.early, which no table of faults explains',
    'src/modules/a/faults.ts: explains a.burnt, which nothing utters',
  ])
})

test('a variable that is no setting is found, and an event that the dashboard waits for in vain', () => {
  const tree = treeWith({
    'src/app/a.ts': `const loaf = process.env.TILLWIRE_LOAF ?? process.env.PATH ?? env.PORT`,
    'web/src/app/live.ts': `const TYPES = ['loaf.baked']`,
  })
  expect(straySettings(tree, new Set(['PORT']))).toEqual(['src/app/a.ts:1: reads TILLWIRE_LOAF, which is no setting'])
  expect(awaitedInVain(tree)).toEqual(['web/src/app/live.ts:1: waits for loaf.baked, which nobody appends'])
})

test('a floor that is not there is found, and an exception whose file is gone', () => {
  expect(unknownFloors(treeWith({}), [{ name: 'kernel', may: ['cellar'] }])).toHaveLength(1)
  expect(idleExceptions(treeWith({})).length).toBeGreaterThan(0)
})

test('metrics, jobs, events and owners of tables are read off the code', () => {
  const tree = treeWith({
    'src/platform/a.ts': `
      new Histogram({ name: 'tillwire_a_seconds', help: 'A.', labelNames: ['route'] })
      metrics.counter('tillwire_b_total', 'B.', ['outcome'])`,
    'src/app/compose.ts': `const steps = [{ name: 'sweep', everyMs: 5, run: async () => undefined }]`,
    'src/modules/a/a.ts': `const event = { type: 'a.b', occurredAt: now, data: { y: 1, x: 2 } }`,
    'migrations/0002_access.sql': 'create table hub.tenants (\ncreate table auth."user" (',
  })
  expect(metricsOf(tree)).toEqual([
    { name: 'tillwire_a_seconds', type: 'histogram', help: 'A.', labels: ['route'] },
    { name: 'tillwire_b_total', type: 'counter', help: 'B.', labels: ['outcome'] },
  ])
  expect(jobsOf(tree)).toEqual(['sweep'])
  expect([...eventsOf(tree)]).toEqual([['a.b', ['x', 'y']]])
  expect(ownersOf(tree).get('auth.user')).toEqual({ owner: 'access', kind: 'table' })
})

import { beforeAll, expect, test } from 'vitest'
import { SETTINGS } from '#app/settings.ts'
import { faultTables, referencePages } from '../../scripts/reference-pages.ts'
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
import { awaitedInVain, strayFaults, straySettings, undocumentedEvents, undocumentedJobs } from './references.ts'
import { type Finding, readTree, type Tree } from './sources.ts'
import { foreignTables } from './tables.ts'

// The house rules, read off the tree. Every rule here is shown in rules.test.ts to find what it looks for.

let tree: Tree

beforeAll(() => {
  tree = readTree()
})

const RULES: Readonly<Record<string, (tree: Tree) => Finding[]>> = {
  'every import follows an arrow of the table': strayArrows,
  'every arrow and every door of the table is used': idleArrows,
  'every floor of the table exists': unknownFloors,
  'no files import each other in a circle': loops,
  'somebody imports every file': orphans,
  'every connector stands in the registry': unregistered,
  'no file is a drawer': drawers,
  'no file has grown past reading': longFiles,
  'src knows no provider by its name': providerNames,
  'time and chance are handed in': ownClocks,
  'no report works out a business day': dayCasts,
  'only the command line writes to a terminal': consoles,
  'a test that does not run says why': silentSkips,
  'every exception is for a file that exists': idleExceptions,
  'nobody touches another module’s table': foreignTables,
  'README stays under a hundred lines': longReadme,
  'every command that a document names exists': unknownCommands,
  'every link of a document leads somewhere': deadLinks,
  'nothing tells of the machine it was written on': machineTraces,
  'every module, connector and simulator has its README': missingReadmes,
  'the map of ARCHITECTURE.md shows every folder': unmapped,
  'docs/reference/jobs.md tells of every job and step': undocumentedJobs,
  'docs/reference/events.md tells of every event and its data': undocumentedEvents,
  'the dashboard waits for no event that nobody appends': awaitedInVain,
}

for (const [name, rule] of Object.entries(RULES)) {
  test(name, () => {
    expect(rule(tree)).toEqual([])
  })
}

test('every fault that is uttered is explained, and the other way round', async () => {
  expect(strayFaults(tree, await faultTables(tree))).toEqual([])
})

test('every variable that is read is a setting', () => {
  const names = SETTINGS.flatMap((spec) => [spec.name, ...(spec.also ?? [])])
  expect(straySettings(tree, new Set(names))).toEqual([])
})

test('the pages that are made from the code are up to date', async () => {
  const stale = [...(await referencePages(tree))].filter(([path, text]) => tree.papers.get(path) !== text)
  expect(
    stale.map(([path]) => path),
    'write them anew with "npm run docs"',
  ).toEqual([])
})

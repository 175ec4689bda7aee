import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { connectorOf } from '#connectors/registry.ts'
import { currencyCode } from '#kernel/currency.ts'
import { Fault } from '#kernel/fault.ts'
import type { Id } from '#kernel/ids.ts'
import { majorText } from '#kernel/money.ts'
import { zoneName } from '#kernel/zone.ts'
import { type Glimpse, glimpse } from '#modules/intake/preview.ts'
import { detectionToWire, type WireDetection } from '#modules/intake/wire-detection.ts'
import type { Site } from '#modules/sites/sites.ts'
import type { FileChoices, FileDetection, Files } from '../../../connectors/contract-files.ts'
import type { ChoiceOptions } from './choice-options.ts'
import { choicesOfOptions } from './file-choices.ts'
import { type LocalTable, localTables, tableNamed } from './files.ts'
import { closeOutOf } from './tenant.ts'

export type ExplainOptions = ChoiceOptions & {
  readonly table?: string
  readonly currency: string
  readonly timeZone: string
  readonly closeOut: string
  readonly json: boolean
}

type Explained = {
  readonly table: LocalTable
  readonly outcome: { readonly detection: FileDetection } | { readonly fault: Fault }
}

/** `tillwire explain FILE`: what the file is taken for and its first sales. Needs no database and stores nothing. */
export async function explainFile(file: string, options: ExplainOptions): Promise<void> {
  const { files } = connectorOf('spreadsheet')
  if (files === undefined) throw new Error('the spreadsheet connector reads files')
  const { currency: _siteOwn, ...spelt } = options
  const choices = choicesOfOptions(spelt) ?? {}
  const site: Site = {
    id: '' as Id,
    name: 'main',
    slug: 'main',
    timeZone: zoneName(options.timeZone),
    currency: currencyCode(options.currency),
    closeOutMinutes: closeOutOf(options.closeOut),
  }
  const scratchDir = await mkdtemp(path.join(tmpdir(), 'tillwire-explain-'))
  try {
    const tables = await localTables(files, file, scratchDir)
    const explained = await explainTables(files, tables, site, choices)
    const { table, detection } = choose(explained, options.table)
    const first = await glimpse(files, table.source, detection, { chosen: site, all: [] }, scratchDir)
    const sales = first.sales.map(({ location_id: _none, ...sale }) => sale)
    const wire = detectionToWire(detection)
    if (options.json) console.log(JSON.stringify({ tables: explained.map(tableLine), detection: wire, sales }))
    else sayExplained(wire, sales, explained)
  } finally {
    await rm(scratchDir, { recursive: true, force: true })
  }
}

async function explainTables(
  files: Files,
  tables: readonly LocalTable[],
  site: Site,
  choices: FileChoices,
): Promise<Explained[]> {
  const explained: Explained[] = []
  for (const table of tables) {
    try {
      const fileSite = { zone: site.timeZone, currency: site.currency }
      explained.push({ table, outcome: { detection: await files.detect(table.source, fileSite, choices) } })
    } catch (error) {
      if (!(error instanceof Fault) || !error.code.startsWith('file.')) throw error
      explained.push({ table, outcome: { fault: error } })
    }
  }
  return explained
}

/** The table that is asked for, or the one that looks most like sales. Throws why there is none. */
function choose(explained: readonly Explained[], wanted: string | undefined): Explained & { detection: FileDetection } {
  const named = explained.map(({ table }, index) => ({ name: table.name, index }))
  const candidates = wanted === undefined ? explained : explained.slice(tableNamed(wanted, named)).slice(0, 1)
  let best: (Explained & { detection: FileDetection }) | null = null
  for (const one of candidates) {
    if ('fault' in one.outcome) continue
    const { detection } = one.outcome
    const better = best === null || scoreOf(one.table, detection) > scoreOf(best.table, best.detection)
    if (better) best = { ...one, detection }
  }
  if (best !== null) return best
  const [first] = candidates
  throw first !== undefined && 'fault' in first.outcome ? first.outcome.fault : new Error('a file has a table')
}

function scoreOf({ hidden }: LocalTable, { score }: FileDetection): number {
  return score + (hidden ? 0 : 2)
}

function tableLine({ table, outcome }: Explained) {
  const { name, hidden } = table
  return { name, hidden, say: 'fault' in outcome ? outcome.fault.message : null }
}

type Preview = Omit<Glimpse['sales'][number], 'location_id'>

function sayExplained(detection: WireDetection, sales: readonly Preview[], explained: readonly Explained[]): void {
  if (explained.length > 1) {
    console.log('Tables')
    for (const [index, one] of explained.entries()) {
      const { name, hidden, say } = tableLine(one)
      console.log(`  ${index + 1}  ${name}${hidden ? ' (hidden)' : ''}  ${say ?? 'sales'}`)
    }
    console.log('')
  }
  const { encoding, delimiter, grain, date_order, decimal_mark, currency, currency_from, zone, tax, preset } = detection
  if (preset !== null) console.log(`${preset.name} (${preset.id})`)
  console.log(
    `${encoding}, delimiter ${JSON.stringify(delimiter)}, header in row ${detection.header_row}, one row per ${grain}`,
  )
  console.log(
    `dates ${date_order ?? 'undecided'}, times of ${zone}, decimal mark ${decimal_mark}, ` +
      `currency ${currency} (${currency_from}), tax ${tax}`,
  )
  console.log('\nColumns')
  for (const column of detection.columns) {
    const role = column.detail === null ? column.role : `${column.role} (${column.detail})`
    console.log(
      `  ${column.key.padEnd(24)} ${role.padEnd(16)} ${Math.round(column.confidence * 100)} %  ${column.because}`,
    )
  }
  if (detection.notes.length > 0) console.log('\nTo know')
  for (const note of detection.notes) console.log(`  ${note.severity === 'info' ? ' ' : '!'} ${note.say}`)
  console.log('\nFirst sales')
  for (const sale of sales) {
    const total =
      sale.total === null
        ? 'no amounts'
        : `${majorText(BigInt(sale.total.amount), currencyCode(sale.total.currency))} ${sale.total.currency}`
    console.log(
      `  ${sale.number ?? sale.external_id}  ${sale.closed_at ?? sale.opened_at}  ${total}  rows ${sale.rows.join(', ')}`,
    )
    for (const item of sale.items) console.log(`      ${item.quantity} × ${item.article.name ?? 'unnamed item'}`)
  }
}

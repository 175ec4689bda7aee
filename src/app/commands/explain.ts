import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { connectorOf } from '#connectors/registry.ts'
import { currencyCode } from '#kernel/currency.ts'
import type { Id } from '#kernel/ids.ts'
import { zoneName } from '#kernel/zone.ts'
import { previewSales } from '#modules/intake/preview.ts'
import { detectionToWire } from '#modules/intake/wire.ts'
import type { Site } from '#modules/sites/sites.ts'
import { localFile } from './files.ts'
import { closeOutOf } from './tenant.ts'

export type ExplainOptions = {
  readonly currency: string
  readonly timeZone: string
  readonly closeOut: string
  readonly json: boolean
}

/** `tillwire explain FILE`: what the file is taken for and its first sales. Needs no database and stores nothing. */
export async function explainFile(file: string, options: ExplainOptions): Promise<void> {
  const { files } = connectorOf('spreadsheet')
  if (files === undefined) throw new Error('the spreadsheet connector reads files')
  const site: Site = {
    id: '' as Id,
    name: 'main',
    slug: 'main',
    timeZone: zoneName(options.timeZone),
    currency: currencyCode(options.currency),
    closeOutMinutes: closeOutOf(options.closeOut),
  }
  const source = await localFile(file)
  const scratchDir = await mkdtemp(path.join(tmpdir(), 'tillwire-explain-'))
  try {
    const detection = await files.detect(source, { zone: site.timeZone, currency: site.currency })
    const preview = await previewSales(files, source, detection, { chosen: site, all: [] }, scratchDir)
    const sales = preview.map(({ location_id: _none, ...sale }) => sale)
    const wire = detectionToWire(detection)
    if (options.json) console.log(JSON.stringify({ detection: wire, sales }))
    else sayExplained(wire, sales)
  } finally {
    await rm(scratchDir, { recursive: true, force: true })
  }
}

type Preview = Omit<Awaited<ReturnType<typeof previewSales>>[number], 'location_id'>

function sayExplained(detection: ReturnType<typeof detectionToWire>, sales: readonly Preview[]): void {
  const { encoding, delimiter, grain, date_order, decimal_mark, currency } = detection
  console.log(
    `${encoding}, delimiter ${JSON.stringify(delimiter)}, header in row ${detection.header_row}, one row per ${grain}`,
  )
  console.log(
    `dates ${date_order ?? 'undecided'}, decimal mark ${decimal_mark}, currency ${currency} (${detection.currency_from})`,
  )
  console.log('\nColumns')
  for (const column of detection.columns) {
    console.log(
      `  ${column.header.padEnd(24)} ${column.role.padEnd(14)} ${Math.round(column.confidence * 100)} %  ${column.because}`,
    )
  }
  if (detection.notes.length > 0) console.log('\nTo know')
  for (const note of detection.notes) console.log(`  ${note.severity === 'info' ? ' ' : '!'} ${note.say}`)
  console.log('\nFirst sales')
  for (const sale of sales) {
    const total = sale.total === null ? 'no amounts' : `${sale.total.amount} ${sale.total.currency} (minor units)`
    console.log(
      `  ${sale.number ?? sale.external_id}  ${sale.closed_at ?? sale.opened_at}  ${total}  rows ${sale.rows.join(', ')}`,
    )
    for (const item of sale.items) console.log(`      ${item.quantity} × ${item.article.name ?? 'unnamed item'}`)
  }
}

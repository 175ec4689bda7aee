import { createReadStream } from 'node:fs'
import { Fault } from '#kernel/fault.ts'
import { instantText } from '#kernel/instant.ts'
import { wireAmount } from '#kernel/money.ts'
import { findTenantOf } from '#modules/access/access.ts'
import { confirmImport, getImport, type ImportRow, needsNoConfirmation } from '#modules/intake/intake.ts'
import { type Intake, receiveFile } from '#modules/intake/receive.ts'
import { runImport } from '#modules/intake/run.ts'
import { isPriced } from '#modules/intake/wire.ts'
import { getDefaultSite, getSite } from '#modules/sites/sites.ts'
import type { Tenant } from '#platform/http/caller.ts'
import { composeIntake } from '../compose.ts'
import { localFile } from './files.ts'
import { withStorage } from './session.ts'

export type ImportOptions = {
  readonly tenant: string
  readonly site?: string
  readonly yes: boolean
  readonly json: boolean
}

/** `tillwire import FILE --tenant SLUG`: receives, understands, records, and says what became of it. */
export async function importFile(file: string, options: ImportOptions): Promise<void> {
  const source = await localFile(file)
  await withStorage(async ({ settings, storage, clock, scratchDir }) => {
    const { database } = storage
    const tenant = await findTenantOf(database, options.tenant)
    if (tenant === null) {
      throw new Fault('missing', 'command.tenant', {
        say: `There is no tenant "${options.tenant}". "npx tillwire tenant create ${options.tenant}" makes it.`,
      })
    }
    const site = await database.tenant(tenant.id, (tx) =>
      options.site === undefined ? getDefaultSite(tx, tenant.id) : getSite(tx, tenant.id, options.site),
    )
    const intake = composeIntake({ database, clock, scratchDir, importBytesMax: settings.importBytesMax })
    const stream = createReadStream(file)
    const received = await receiveFile(intake, {
      tenantId: tenant.id,
      site,
      fileName: source.name,
      stream,
      actor: 'hub:command',
    })
    refuseFailed(received)
    if (!options.json) sayNotes(received)
    if (!options.yes && !needsNoConfirmation(received)) {
      const doubts = received.detection?.notes.filter((note) => note.severity === 'confirm') ?? []
      throw new Fault('conflict', 'command.unconfirmed', {
        say: `${doubts.map((note) => note.say).join(' ')} Look at it with "npx tillwire explain ${file}"; --yes imports it as shown there.`,
        detail: { import_id: received.id, doubts: doubts.map((note) => note.code) },
      })
    }
    const row = await run(intake, tenant, received)
    refuseFailed(row)
    if (options.json) console.log(JSON.stringify(summaryOf(row)))
    else sayResult(row)
  })
}

async function run(intake: Intake, tenant: Tenant, received: ImportRow): Promise<ImportRow> {
  await intake.database.tenant(tenant.id, (tx) => confirmImport(tx, tenant.id, received.id, intake.clock.now()))
  const look = () => intake.database.tenant(tenant.id, (tx) => getImport(tx, tenant.id, received.id))
  const outcome = await runImport(intake, tenant.id, received.id)
  let row = await look()
  // A running hub may have been quicker to take the job; then its work is waited for.
  while (outcome === 'elsewhere' && (row.state === 'queued' || row.state === 'running')) {
    await new Promise((resolve) => setTimeout(resolve, 200))
    row = await look()
  }
  return row
}

function refuseFailed(row: ImportRow): void {
  if (row.fault === null) return
  throw new Fault('invalid', row.fault.code, { say: row.fault.detail, detail: { import_id: row.id } })
}

function summaryOf(row: ImportRow) {
  return {
    sales: Number(row.salesCreated + row.salesUpdated + row.salesUnchanged),
    items: Number(row.items),
    units: row.units,
    refunds: Number(row.refundsCreated + row.refundsUnchanged),
    rows_read: Number(row.rowsRead),
    rows_rejected: Number(row.rowsRejected),
    currency: row.detection?.currency ?? null,
    gross: isPriced(row) ? wireAmount(row.gross) : null,
    first_at: row.firstAt === null ? null : instantText(row.firstAt),
    last_at: row.lastAt === null ? null : instantText(row.lastAt),
    already_known: Number(row.salesUnchanged),
    created: Number(row.salesCreated),
    updated: Number(row.salesUpdated),
    noticed: row.noticed,
    import_id: row.id,
  }
}

function sayNotes(row: ImportRow): void {
  for (const note of row.detection?.notes ?? []) console.log(`  ${note.severity === 'info' ? ' ' : '!'} ${note.say}`)
}

function sayResult(row: ImportRow): void {
  const { sales, items, rows_read, rows_rejected, already_known, gross, currency } = summaryOf(row)
  console.log(
    [
      `${rows_read} rows: ${sales} sales with ${items} items, ${already_known} of the sales known before.`,
      gross === null ? 'The file states no amounts.' : `Gross ${gross} (minor units of ${currency}).`,
      rows_rejected === 0
        ? 'Every row was read.'
        : `${rows_rejected} rows could not be read; the dashboard lists them with reasons.`,
    ].join('\n'),
  )
}

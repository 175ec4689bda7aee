import { createReadStream } from 'node:fs'
import { Fault } from '#kernel/fault.ts'
import { instantText } from '#kernel/instant.ts'
import { majorText, wireAmount } from '#kernel/money.ts'
import { confirmImport, doubtsOf, needsNoConfirmation } from '#modules/intake/confirm.ts'
import { correctImport } from '#modules/intake/correct.ts'
import { getImport } from '#modules/intake/find.ts'
import type { Intake } from '#modules/intake/keep.ts'
import { receiveFile } from '#modules/intake/receive.ts'
import { runImport } from '#modules/intake/run.ts'
import type { ImportRow } from '#modules/intake/store.ts'
import { isPriced } from '#modules/intake/wire.ts'
import { getDefaultSite, getSite, type Site } from '#modules/sites/sites.ts'
import type { Tenant } from '#platform/http/caller.ts'
import type { FileChoices } from '../../../connectors/contract-files.ts'
import { composeIntake } from '../compose.ts'
import type { ChoiceOptions } from './choice-options.ts'
import { choicesOfOptions, mergeChoices } from './file-choices.ts'
import { localFile, tableNamed } from './files.ts'
import { tenantNamed, withStorage } from './session.ts'

export type ImportOptions = ChoiceOptions & {
  readonly tenant: string
  readonly site?: string
  readonly table?: string
  readonly currency?: string
  readonly zone?: string
  readonly yes: boolean
  readonly json: boolean
}

const ACTOR = 'hub:command'

type Place = {
  readonly intake: Intake
  readonly tenant: Tenant
  readonly site: Site
  readonly choices: FileChoices | null
  readonly options: ImportOptions
}

/** `tillwire import FILE… --tenant SLUG`: receives, understands, records, and says what became of each file. */
export async function importFiles(files: readonly string[], options: ImportOptions): Promise<void> {
  const choices = choicesOfOptions(options)
  for (const file of files) await localFile(file)
  await withStorage(async ({ settings, storage, clock, scratchDir }) => {
    const { database } = storage
    const tenant = await tenantNamed(database, options.tenant)
    const site = await database.tenant(tenant.id, (tx) =>
      options.site === undefined ? getDefaultSite(tx, tenant.id) : getSite(tx, tenant.id, options.site),
    )
    const intake = composeIntake({ database, clock, scratchDir, importBytesMax: settings.importBytesMax })
    const place = { intake, tenant, site, choices, options }
    const failed: Fault[] = []
    for (const file of files) {
      if (files.length > 1 && !options.json) console.log(`\n${file}`)
      try {
        sayRow(await importOne(place, file), options)
      } catch (error) {
        if (!(error instanceof Fault) || files.length === 1) throw error
        // One bad file does not keep the others out.
        failed.push(error)
        sayFailed(file, error, options.json)
      }
    }
    if (failed.length > 0) {
      throw new Fault('invalid', 'command.some-failed', {
        say: `${failed.length} of ${files.length} files were not imported; what stands above says why.`,
      })
    }
  })
}

async function importOne({ intake, tenant, site, choices, options }: Place, file: string): Promise<ImportRow> {
  const stream = createReadStream(file)
  const fileName = await localFile(file)
  const received = await receiveFile(intake, { tenantId: tenant.id, site, fileName, stream, actor: ACTOR })
  const row = await corrected(intake, tenant, received, options, choices)
  refuseFailed(row)
  if (!options.json) sayNotes(row)
  if (!options.yes && !needsNoConfirmation(row)) {
    const doubts = row.detection?.notes.filter((note) => note.severity === 'confirm') ?? []
    throw new Fault('conflict', 'command.unconfirmed', {
      say: `${doubts.map((note) => note.say).join(' ')} Look at it with "npx tillwire explain ${file}"; --yes imports it as shown there.`,
      detail: { import_id: row.id, doubts: row.detection === null ? [] : doubtsOf(row.detection) },
    })
  }
  // Somebody who spelt a file out wants the next one of its shape read the same way.
  const ended = await run(intake, tenant, row, choices !== null)
  refuseFailed(ended)
  return ended
}

/** The file as the options say it is; unchanged where they say nothing. */
async function corrected(
  intake: Intake,
  tenant: Tenant,
  row: ImportRow,
  options: ImportOptions,
  choices: FileChoices | null,
): Promise<ImportRow> {
  if ((choices === null && options.table === undefined) || row.tables.length === 0) return row
  const table = options.table === undefined ? row.tableNo : tableNamed(options.table, row.tables)
  const before = table === row.tableNo ? (row.detection?.choices ?? {}) : {}
  return correctImport(intake, tenant.id, row.id, {
    table: table ?? undefined,
    choices: choices === null ? undefined : mergeChoices(before, choices),
  })
}

async function run(intake: Intake, tenant: Tenant, received: ImportRow, seen: boolean): Promise<ImportRow> {
  const by = { actor: ACTOR, now: intake.clock.now(), seen }
  await intake.database.tenant(tenant.id, (tx) => confirmImport(tx, tenant.id, received.id, by))
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
    cards_masked: Number(row.cardsMasked),
    noticed: row.noticed,
    import_id: row.id,
  }
}

function sayNotes(row: ImportRow): void {
  for (const note of row.detection?.notes ?? []) console.log(`  ${note.severity === 'info' ? ' ' : '!'} ${note.say}`)
}

function sayFailed(file: string, { code, message, detail }: Fault, json: boolean): void {
  console.error(json ? JSON.stringify({ error: { code, detail: message, ...detail, file } }) : `${message} [${code}]`)
}

function sayRow(row: ImportRow, { json, tenant }: { readonly json: boolean; readonly tenant: string }): void {
  if (json) {
    console.log(JSON.stringify(summaryOf(row)))
    return
  }
  const { items, rows_read, rows_rejected, gross, currency, cards_masked } = summaryOf(row)
  const { salesCreated: added, salesUpdated: changed, salesUnchanged: same } = row
  const lines = [
    `${rows_read} rows with ${items} items: ${added} sales are new, ${changed} were told more of or changed, ${same} were there already.`,
    gross === null || currency === null
      ? 'The file states no amounts.'
      : `Gross ${majorText(BigInt(gross), currency)} ${currency}.`,
    rows_rejected === 0
      ? 'Every row was read.'
      : `${rows_rejected} rows could not be read; the dashboard lists them with reasons.`,
    cards_masked === 0 ? null : `${cards_masked} card numbers were made unreadable before anything was kept.`,
    `"npx tillwire undo ${row.id} --tenant ${tenant}" takes it back.`,
  ]
  console.log(lines.filter((line) => line !== null).join('\n'))
}

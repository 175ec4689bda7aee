import { createInterface } from 'node:readline/promises'
import { Fault } from '#kernel/fault.ts'
import { getImport } from '#modules/intake/find.ts'
import type { ImportRow } from '#modules/intake/store.ts'
import { runUndo, undoImport } from '#modules/intake/undo.ts'
import { composeIntake } from '../compose.ts'
import { tenantNamed, withStorage } from './session.ts'

export type UndoOptions = { readonly tenant: string; readonly yes: boolean; readonly json: boolean }

/** `tillwire undo IMPORT --tenant SLUG`: takes an import back, waits for the end, and says what it came to. */
export async function undoCommand(importId: string, options: UndoOptions): Promise<void> {
  await withStorage(async ({ settings, storage, clock, scratchDir }) => {
    const { database } = storage
    const tenant = await tenantNamed(database, options.tenant)
    const look = () => database.tenant(tenant.id, (tx) => getImport(tx, tenant.id, importId))
    const before = await look()
    if (before.state !== 'undone' && !options.yes) await askFirst(before)
    const intake = composeIntake({ database, clock, scratchDir, importBytesMax: settings.importBytesMax })
    const by = { actor: 'hub:command', now: clock.now() }
    await database.tenant(tenant.id, (tx) => undoImport(tx, tenant.id, importId, by))
    await runUndo(intake, tenant.id, before.id)
    sayUndone(await look(), options.json)
  })
}

/** Throws `command.unconfirmed` when nobody is there to ask, or somebody says no. */
async function askFirst(row: ImportRow): Promise<void> {
  const sales = row.salesCreated + row.salesUpdated
  const what = `${row.fileName} of ${new Date(row.createdAt).toISOString().slice(0, 10)}, ${sales} sales`
  const refused = new Fault('conflict', 'command.unconfirmed', {
    say: `Nothing was taken back of ${what}. --yes takes it back without asking.`,
    detail: { import_id: row.id },
  })
  if (!process.stdin.isTTY) throw refused
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await asking.question(`Take back ${what}? What other imports said stays. [y/N] `)
    if (!/^y(es)?$/i.test(answer.trim())) throw refused
  } finally {
    asking.close()
  }
}

function sayUndone(row: ImportRow, json: boolean): void {
  const undone = {
    import_id: row.id,
    state: row.state,
    sales_removed: Number(row.salesRemoved),
    sales_restored: Number(row.salesRestored),
    refunds_removed: Number(row.refundsRemoved),
  }
  const said =
    `${undone.sales_removed} sales and ${undone.refunds_removed} refunds were removed; ` +
    `${undone.sales_restored} sales stand as the other imports tell them.`
  console.log(json ? JSON.stringify(undone) : said)
}

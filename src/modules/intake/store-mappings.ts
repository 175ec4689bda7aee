import { sql } from 'kysely'
import type { TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { FileChoices } from '../../../connectors/contract-files.ts'

/** What a person said of a shape of table. */
export type FileMapping = {
  readonly shape: string
  readonly family: string
  /** The preset's id. */
  readonly preset: string | null
  readonly headers: readonly string[]
  readonly choices: FileChoices
  readonly usedAt: Instant
  /** Imports that were confirmed with it. */
  readonly uses: number
}

const COLUMNS = sql.raw('shape, family, preset, headers, choices, used_at as "usedAt", uses')

export async function findMapping(tx: Tx, tenantId: TenantId, shape: string): Promise<FileMapping | null> {
  const { rows } = await sql<FileMapping>`
    select ${COLUMNS} from pos.file_mappings where tenant_id = ${tenantId} and shape = ${shape}`.execute(tx)
  return rows[0] ?? null
}

/** The one used last comes first. */
export async function listMappings(tx: Tx, tenantId: TenantId, limit: number): Promise<FileMapping[]> {
  const { rows } = await sql<FileMapping>`
    select ${COLUMNS} from pos.file_mappings where tenant_id = ${tenantId}
    order by used_at desc, shape limit ${limit}`.execute(tx)
  return rows
}

export async function saveMapping(
  tx: Tx,
  tenantId: TenantId,
  mapping: Omit<FileMapping, 'usedAt' | 'uses'>,
  by: { readonly actor: string; readonly now: Instant },
): Promise<void> {
  const { shape, family, preset, headers, choices } = mapping
  await sql`
    insert into pos.file_mappings (tenant_id, shape, family, preset, headers, choices, used_at, updated_by)
    values (${tenantId}, ${shape}, ${family}, ${preset}, ${JSON.stringify(headers)}, ${JSON.stringify(choices)},
      ${instantText(by.now)}, ${by.actor})
    on conflict (tenant_id, shape) do update set family = excluded.family, preset = excluded.preset,
      headers = excluded.headers, choices = excluded.choices, used_at = excluded.used_at,
      updated_by = excluded.updated_by, uses = pos.file_mappings.uses + 1`.execute(tx)
}

/** Answers whether there was one. */
export async function removeMapping(tx: Tx, tenantId: TenantId, shape: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from pos.file_mappings where tenant_id = ${tenantId} and shape = ${shape}`.execute(tx)
  return numAffectedRows === 1n
}

import { Readable } from 'node:stream'
import { z } from 'zod'
import { CSV_START, csvRecord } from '#kernel/csv.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { getDefaultSite, getSite } from '#modules/sites/sites.ts'
import { defineRoute, media, type Route } from '#platform/http/route.ts'
import { confirmImport, getImport, listImports, listRejections, needsNoConfirmation, previewImport } from './intake.ts'
import { type Intake, receiveFile } from './receive.ts'
import { importToWire, rejectionToWire, wireImport, wireRejection } from './wire.ts'

const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(400).optional(),
})

export function intakeRoutes(intake: Intake): Route[] {
  const { database } = intake
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenant_id/imports',
      scope: 'imports:write',
      summary: 'Upload a file of sales',
      description:
        'The body is the file itself, or a multipart form with one file. It is kept, understood and shown. With ' +
        '`confirm=auto` (the default) it runs at once unless something in it must be confirmed.',
      tags: ['Imports'],
      query: z.strictObject({
        file_name: z.string().min(1).max(255).optional(),
        site_id: z.string().optional().meta({ description: 'Id or slug; the first site when left out' }),
        confirm: z
          .enum(['auto', 'no', 'yes'])
          .default('auto')
          .meta({ description: '`yes` confirms what is in doubt too' }),
      }),
      body: { kind: 'upload', limitBytes: intake.fileBytesMax },
      answers: { 201: wireImport },
      async handler({ tenant, query, body, caller, now }) {
        const site = await database.tenant(tenant.id, (tx) =>
          query.site_id === undefined ? getDefaultSite(tx, tenant.id) : getSite(tx, tenant.id, query.site_id),
        )
        const received = await receiveFile(intake, {
          tenantId: tenant.id,
          site,
          fileName: query.file_name ?? body.fileName ?? 'file.csv',
          stream: body.stream,
          actor: caller.actor,
        })
        const preview = await previewImport(intake, tenant.id, received)
        const runs = query.confirm === 'yes' || (query.confirm === 'auto' && needsNoConfirmation(received))
        const row =
          received.state === 'detected' && runs
            ? await database.tenant(tenant.id, (tx) => confirmImport(tx, tenant.id, received.id, now))
            : received
        return { status: 201, body: importToWire(row, intake.clock.now(), preview) } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/imports',
      scope: 'imports:read',
      summary: 'List imports, newest first',
      tags: ['Imports'],
      query: pageQuery,
      answers: { 200: z.strictObject({ data: z.array(wireImport), next_cursor: z.string().nullable() }) },
      async handler({ tenant, query, now }) {
        const page = { limit: query.limit, cursor: query.cursor ?? null }
        const { rows, nextCursor } = await database.tenant(tenant.id, (tx) => listImports(tx, tenant.id, page))
        return {
          status: 200,
          body: { data: rows.map((row) => importToWire(row, now)), next_cursor: nextCursor },
        } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/imports/:import_id',
      scope: 'imports:read',
      summary: 'One import with its progress',
      tags: ['Imports'],
      answers: { 200: wireImport },
      async handler({ tenant, params, now }) {
        const row = await database.tenant(tenant.id, (tx) => getImport(tx, tenant.id, params.import_id))
        return { status: 200, body: importToWire(row, now, await previewImport(intake, tenant.id, row)) } as const
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenant_id/imports/:import_id/confirm',
      scope: 'imports:write',
      summary: 'Let an import run, or go on after it failed',
      tags: ['Imports'],
      answers: { 200: wireImport },
      async handler({ tenant, params, now, settle }) {
        return database.tenant(tenant.id, async (tx) => {
          const row = await confirmImport(tx, tenant.id, params.import_id, now)
          const answer = { status: 200, body: importToWire(row, now) } as const
          await settle(tx, answer)
          return answer
        })
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/imports/:import_id/rejections',
      scope: 'imports:read',
      summary: 'Rows that could not be read, with reasons',
      tags: ['Imports'],
      query: pageQuery,
      answers: { 200: z.strictObject({ data: z.array(wireRejection), next_cursor: z.string().nullable() }) },
      async handler({ tenant, params, query }) {
        const page = { limit: query.limit, cursor: query.cursor ?? null }
        const { rows, nextCursor } = await database.tenant(tenant.id, async (tx) => {
          const { id } = await getImport(tx, tenant.id, params.import_id)
          return listRejections(tx, tenant.id, id, page)
        })
        return { status: 200, body: { data: rows.map(rejectionToWire), next_cursor: nextCursor } } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/imports/:import_id/rejections.csv',
      scope: 'imports:read',
      summary: 'Download the rows that could not be read, with reasons',
      tags: ['Imports'],
      answers: { 200: media('text/csv; charset=utf-8', 'Row number, code, reason, column, the row as it stood') },
      async handler({ tenant, params }) {
        const { id } = await database.tenant(tenant.id, (tx) => getImport(tx, tenant.id, params.import_id))
        return {
          status: 200,
          headers: { 'content-disposition': 'attachment; filename="rejected-rows.csv"' },
          body: Readable.from(rejectionLines(intake, tenant.id, id)),
        } as const
      },
    }),
  ]
}

async function* rejectionLines(intake: Intake, tenantId: TenantId, importId: Id): AsyncGenerator<string> {
  yield CSV_START + csvRecord(['row', 'code', 'reason', 'column', 'raw'])
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof listRejections>> = await intake.database.tenant(tenantId, (tx) =>
      listRejections(tx, tenantId, importId, { limit: 500, cursor }),
    )
    for (const row of page.rows) yield csvRecord([row.row, row.code, row.say, row.column, row.raw])
    cursor = page.nextCursor
  } while (cursor !== null)
}

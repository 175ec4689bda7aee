import { Readable } from 'node:stream'
import { z } from 'zod'
import { Fault } from '#kernel/fault.ts'
import { getDefaultSite, getSite } from '#modules/sites/sites.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import { defineRoute, media, type Route } from '#platform/http/route.ts'
import { confirmImport } from './confirm.ts'
import { correctImport } from './correct.ts'
import { getImport } from './find.ts'
import { IMPORT_STATES, type ImportState } from './import-states.ts'
import type { Intake } from './keep.ts'
import { listImports, listRejections } from './lists.ts'
import { mappingRoutes } from './mapping-routes.ts'
import { receiveFile } from './receive.ts'
import { rejectionLines } from './rejections-csv.ts'
import { undoImport } from './undo.ts'
import { importToWire, rejectionToWire, wireImport } from './wire.ts'
import { wireRejection } from './wire-check.ts'
import { choicesOf, wireChoices } from './wire-choices.ts'

const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(400).optional(),
})

const statesQuery = z
  .string()
  .max(200)
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(IMPORT_STATES)))
  .optional()
  .meta({ description: 'One state, or several parted by commas' })

/** A packed file whose first sales are known is not waited for longer than this. */
const PATIENCE_MS = 1_000

export function intakeRoutes(intake: Intake): Route[] {
  return [
    ...fileRoutes(intake),
    ...decisionRoutes(intake),
    ...rejectionRoutes(intake),
    ...mappingRoutes(intake.database),
  ]
}

function fileRoutes(intake: Intake): Route[] {
  const { database } = intake
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenant_id/imports',
      scope: 'imports:write',
      summary: 'Upload a file of sales',
      description:
        'The body is the file itself, or a multipart form with one file: CSV and its kin, XLSX, gzip or zip. Its text is ' +
        'kept, with every card number made unreadable, and understood. With `confirm=auto` (the default) it runs at once ' +
        'unless something in it must be confirmed; else it waits, and a dry run says what it would do. A packed file ' +
        'may be answered in state `receiving` with detection and preview; the rest of it is kept meanwhile.',
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
      async handler({ tenant, query, body, caller }) {
        const site = await database.tenant(tenant.id, (tx) =>
          query.site_id === undefined ? getDefaultSite(tx, tenant.id) : getSite(tx, tenant.id, query.site_id),
        )
        const fileName = query.file_name ?? body.fileName ?? 'file.csv'
        const { actor } = caller
        const file = { tenantId: tenant.id, site, fileName, stream: body.stream, actor, confirm: query.confirm }
        const row = await receiveFile(intake, file, PATIENCE_MS)
        return { status: 201, body: importToWire(row, intake.clock.now()) } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/imports',
      scope: 'imports:read',
      summary: 'List imports, newest first',
      tags: ['Imports'],
      query: pageQuery.extend({ state: statesQuery }),
      answers: { 200: z.strictObject({ data: z.array(wireImport), next_cursor: z.string().nullable() }) },
      async handler({ tenant, query, now }) {
        const states: readonly ImportState[] = query.state ?? []
        const page = { limit: query.limit, cursor: query.cursor ?? null, states }
        const { rows, nextCursor } = await database.tenant(tenant.id, (tx) => listImports(tx, tenant.id, page))
        return {
          status: 200,
          body: { data: rows.map((row) => importToWire(row, now, 'listed')), next_cursor: nextCursor },
        } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/imports/:import_id',
      scope: 'imports:read',
      summary: 'One import with its progress, its first sales and its dry run',
      tags: ['Imports'],
      answers: { 200: wireImport },
      async handler({ tenant, params, now }) {
        const row = await database.tenant(tenant.id, (tx) => getImport(tx, tenant.id, params.import_id))
        return { status: 200, body: importToWire(row, now) } as const
      },
    }),
  ]
}

/** What a person decides about a file: how it is read, that it runs, that it is taken back. */
function decisionRoutes(intake: Intake): Route[] {
  const { database } = intake
  return [
    defineRoute({
      method: 'PATCH',
      path: '/api/v1/tenants/:tenant_id/imports/:import_id',
      scope: 'imports:write',
      summary: 'Correct what a waiting file was taken for',
      description:
        'Replaces the choices that were made before, looks at the file again and starts the dry run anew. What makes no ' +
        'table of sales is refused, and changes nothing.',
      tags: ['Imports'],
      body: z.strictObject({
        table: z.int().min(0).optional().meta({ description: 'Another table of the file, by its index' }),
        site_id: z.string().optional().meta({ description: 'Id or slug' }),
        choices: wireChoices.optional(),
        join: z
          .boolean()
          .optional()
          .meta({ description: 'False: its sales are not those of the connection that knows the same ids' }),
      }),
      answers: { 200: wireImport },
      async handler({ tenant, params, body }) {
        const choices = body.choices === undefined ? undefined : choicesOf(body.choices)
        const correction = { table: body.table, site: body.site_id, join: body.join, choices }
        try {
          const row = await correctImport(intake, tenant.id, params.import_id, correction)
          return { status: 200, body: importToWire(row, intake.clock.now()) } as const
        } catch (error) {
          throw asUnworkable(error)
        }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenant_id/imports/:import_id/confirm',
      scope: 'imports:write',
      summary: 'Let an import run, or go on after it failed',
      description: 'The choices, and the notes that are accepted by this, are remembered for files of the same shape.',
      tags: ['Imports'],
      answers: { 200: wireImport },
      async handler({ tenant, params, caller, now, settle }) {
        return database.tenant(tenant.id, async (tx) => {
          const by = { actor: caller.actor, now, seen: true }
          const row = await confirmImport(tx, tenant.id, params.import_id, by)
          const answer = { status: 200, body: importToWire(row, now) } as const
          await settle(tx, answer)
          return answer
        })
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenant_id/imports/:import_id/undo',
      scope: 'imports:write',
      summary: 'Take an import back',
      description:
        'What stands afterwards is what the other imports alone would have made. What was kept of the file is removed.',
      tags: ['Imports'],
      answers: { 200: wireImport },
      async handler({ tenant, params, caller, now, settle }) {
        return database.tenant(tenant.id, async (tx) => {
          const row = await undoImport(tx, tenant.id, params.import_id, { actor: caller.actor, now })
          const answer = { status: 200, body: importToWire(row, now) } as const
          await settle(tx, answer)
          return answer
        })
      },
    }),
  ]
}

/** A choice that makes no table of sales is understood and not possible. */
function asUnworkable(error: unknown): unknown {
  if (!(error instanceof Fault) || !error.code.startsWith('file.')) return error
  return new HttpFault(422, error.code, {
    say: error.message,
    detail: error.detail,
    places: error.places,
    cause: error,
  })
}

function rejectionRoutes(intake: Intake): Route[] {
  const { database } = intake
  return [
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
      summary: 'Download the rows that could not be read, to mend them and give them again',
      tags: ['Imports'],
      answers: {
        200: media('text/csv; charset=utf-8', 'The file’s own columns, and before them row number, code and reason'),
      },
      async handler({ tenant, params }) {
        const row = await database.tenant(tenant.id, (tx) => getImport(tx, tenant.id, params.import_id))
        return {
          status: 200,
          headers: { 'content-disposition': 'attachment; filename="rejected-rows.csv"' },
          body: Readable.from(rejectionLines(intake, tenant.id, row)),
        } as const
      },
    }),
  ]
}

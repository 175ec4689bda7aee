import path from 'node:path'
import { Fault } from '#kernel/fault.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { allTenants } from '#modules/access/access.ts'
import { getImport } from '#modules/intake/find.ts'
import type { Intake } from '#modules/intake/keep.ts'
import { receiveFile } from '#modules/intake/receive.ts'
import { findSameFile, type ImportRow } from '#modules/intake/store.ts'
import { getDefaultSite, listSites, type Site } from '#modules/sites/sites.ts'
import type { Tenant } from '#platform/http/caller.ts'
import type { Log } from '#platform/telemetry/log.ts'
import {
  bytesOf,
  type Claim,
  claimFile,
  claimsIn,
  entriesOf,
  filesIn,
  importIdIn,
  moveOn,
  OUTCOMES,
  type Outcome,
  putAway,
  type SeenFile,
  sumOf,
} from './drop-files.ts'
import { doneWords, failedWords, waitingWords } from './drop-words.ts'

// Files that a till or a file transfer leaves in a folder, taken as if they had been uploaded.
//
// The folder is looked at every few seconds, which works where no system tells of changes: on network shares. A file is
// taken when two looks found it the same, and goes `.taken/` → import → `done/`, `waiting/` or `failed/`. What is known
// between two looks lies on the disk and in the database: a process that is killed anywhere leaves a claimed file, which
// the next one knows again by its bytes, so that nothing is imported twice.

export type DropFolder = {
  /** One look at everything. A second call while one is under way waits for that one. */
  look(now: Instant): Promise<void>
  /** Ends after what it is doing; a file that is being read is left for the next process. */
  stop(): Promise<void>
}

export type DropFolderParts = {
  readonly dir: string
  readonly intake: Intake
  readonly log: Log
  readonly publicBase: URL
}

export const DROP_ACTOR = 'job:drop-folder'

const WARN_EVERY_MS = 60 * 60_000
const TRY_AGAIN_MS = 60_000
/** Some programs make a file first and fill it later, so one without a byte is given more looks. */
const EMPTY_LOOKS = 12
/** The same bytes in one of these states are not given to an import again. */
const STANDING = ['detected', 'queued', 'running', 'done'] as const

type Lying = { readonly size: number; readonly mtimeMs: number; readonly looks: number }
type Followed = { readonly importId: Id; readonly repeated: boolean }
/** A folder that files are put into: a tenant's own, or one of a site in it. */
type Place = { readonly tenant: Tenant; readonly tenantDir: string; readonly dir: string; readonly site: Site }

export function createDropFolder(parts: DropFolderParts): DropFolder {
  const watcher = new Watcher(parts)
  let underWay: Promise<void> | null = null
  return {
    look(now) {
      underWay ??= watcher.look(now).finally(() => {
        underWay = null
      })
      return underWay
    },
    async stop() {
      watcher.stopping.abort()
      await underWay
    },
  }
}

class Watcher {
  readonly stopping = new AbortController()
  private readonly parts: DropFolderParts
  private lying = new Map<string, Lying>()
  private readonly followed = new Map<string, Followed>()
  private readonly warnedAt = new Map<string, Instant>()
  private readonly notBefore = new Map<string, Instant>()

  constructor(parts: DropFolderParts) {
    this.parts = parts
  }

  async look(now: Instant): Promise<void> {
    const before = this.lying
    this.lying = new Map()
    try {
      const folders = (await entriesOf(this.parts.dir)).filter((entry) => entry.isDirectory() && isPlain(entry.name))
      if (folders.length === 0) return
      const tenants = new Map((await allTenants(this.parts.intake.database)).map((tenant) => [tenant.slug, tenant]))
      for (const { name } of folders) {
        if (this.stopping.signal.aborted) return
        const tenant = tenants.get(name)
        if (tenant === undefined)
          this.warn(now, { folder: name }, 'a folder is named like no tenant; what lies in it is left alone')
        else await this.lookAtTenant(tenant, path.join(this.parts.dir, name), before, now)
      }
    } catch (error) {
      this.warn(now, { folder: '.' }, 'the drop folder cannot be looked through', error)
    }
  }

  private async lookAtTenant(
    tenant: Tenant,
    tenantDir: string,
    before: ReadonlyMap<string, Lying>,
    now: Instant,
  ): Promise<void> {
    try {
      for (const place of await this.placesOf(tenant, tenantDir, now)) {
        for (const file of await filesIn(place.dir))
          if (this.liesStill(file, before)) await this.claim(place, file, now)
        for (const claim of await claimsIn(place.dir)) {
          if (this.stopping.signal.aborted) return
          await this.goOn(place, claim, now)
        }
      }
      for (const file of await filesIn(path.join(tenantDir, 'waiting'))) await this.revisit(tenant, tenantDir, file)
    } catch (error) {
      this.warn(now, { folder: tenant.slug }, 'a tenant’s drop folder cannot be looked through', error)
    }
  }

  private async placesOf(tenant: Tenant, tenantDir: string, now: Instant): Promise<Place[]> {
    const { database } = this.parts.intake
    const folders = (await entriesOf(tenantDir)).filter(
      (entry) => entry.isDirectory() && isPlain(entry.name) && !(OUTCOMES as readonly string[]).includes(entry.name),
    )
    const { first, all } = await database.tenant(tenant.id, async (tx) => ({
      first: await getDefaultSite(tx, tenant.id),
      all: folders.length === 0 ? [] : await listSites(tx, tenant.id),
    }))
    const places: Place[] = [{ tenant, tenantDir, dir: tenantDir, site: first }]
    for (const { name } of folders) {
      const site = all.find(({ slug }) => slug === name)
      if (site !== undefined) places.push({ tenant, tenantDir, dir: path.join(tenantDir, name), site })
      else
        this.warn(
          now,
          { folder: `${tenant.slug}/${name}` },
          'a folder is named like no site; what lies in it is left alone',
        )
    }
    return places
  }

  private liesStill({ file, size, mtimeMs }: SeenFile, before: ReadonlyMap<string, Lying>): boolean {
    const last = before.get(file)
    const same = last !== undefined && last.size === size && last.mtimeMs === mtimeMs
    const looks = same ? last.looks + 1 : 1
    this.lying.set(file, { size, mtimeMs, looks })
    return looks >= (size === 0 ? EMPTY_LOOKS : 2)
  }

  private async claim({ tenant, dir }: Place, file: SeenFile, now: Instant): Promise<void> {
    try {
      await claimFile(dir, file)
    } catch (error) {
      this.warn(
        now,
        { folder: tenant.slug, about: file.file },
        'a dropped file cannot be moved by the hub’s user and is left where it is',
        error,
      )
    }
  }

  private async goOn(place: Place, claim: Claim, now: Instant): Promise<void> {
    if ((this.notBefore.get(claim.id) ?? now) > now) return
    try {
      const followed = this.followed.get(claim.id)
      if (followed !== undefined) await this.follow(place, claim, followed)
      else await this.take(place, claim)
    } catch (error) {
      if (error instanceof Fault && error.kind === 'invalid') {
        await this.end(place, claim, 'failed', claim.id, failedWords(claim.name, error.code, error.message))
        return
      }
      if (this.stopping.signal.aborted) return
      this.notBefore.set(claim.id, (now + TRY_AGAIN_MS) as Instant)
      this.warn(
        now,
        { folder: place.tenant.slug, about: claim.id },
        'a dropped file could not be taken and is tried again',
        error,
      )
    }
  }

  private async take(place: Place, claim: Claim): Promise<void> {
    const { intake } = this.parts
    const { tenant, site } = place
    const sum = await sumOf(claim, this.stopping.signal)
    const same = await intake.database.tenant(tenant.id, (tx) => findSameFile(tx, tenant.id, site.id, sum, STANDING))
    if (same !== null) return this.follow(place, claim, { importId: same.id, repeated: true })
    const row = await receiveFile(intake, {
      tenantId: tenant.id,
      site,
      fileName: claim.name,
      stream: bytesOf(claim, this.stopping.signal),
      actor: DROP_ACTOR,
      confirm: 'auto',
    })
    this.parts.log.info({ tenant: tenant.id, import: row.id, state: row.state }, 'a dropped file was taken')
    await this.settle(place, claim, row, false)
  }

  private async follow(place: Place, claim: Claim, { importId, repeated }: Followed): Promise<void> {
    await this.settle(place, claim, await this.importOf(place.tenant.id, importId), repeated)
  }

  private async settle(place: Place, claim: Claim, row: ImportRow, repeated: boolean): Promise<void> {
    const ended = this.endOf(row, claim.name, repeated)
    if (ended === null) this.followed.set(claim.id, { importId: row.id, repeated })
    else await this.end(place, claim, ended.outcome, row.id, ended.words)
  }

  private async end(place: Place, claim: Claim, outcome: Outcome, id: string, words: string | null): Promise<void> {
    await putAway(claim, path.join(place.tenantDir, outcome), id, words)
    this.followed.delete(claim.id)
    this.notBefore.delete(claim.id)
  }

  /** A file that waits goes on when somebody has confirmed its import, or taken it back. */
  private async revisit(tenant: Tenant, tenantDir: string, file: SeenFile): Promise<void> {
    const id = importIdIn(file.name)
    const row = id === null ? null : await this.findImport(tenant.id, id)
    const ended = row === null ? null : this.endOf(row, file.name, false)
    if (ended === null || ended.outcome === 'waiting') return
    await moveOn(file, path.join(tenantDir, ended.outcome), ended.words)
  }

  /** Where a file belongs, by its import; null while that is under way. */
  private endOf(row: ImportRow, name: string, repeated: boolean): { outcome: Outcome; words: string | null } | null {
    const link = new URL(`/imports/${row.id}`, this.parts.publicBase).href
    switch (row.state) {
      case 'done':
      case 'undoing':
      case 'undone':
        return { outcome: 'done', words: doneWords(row, name, link, repeated) }
      case 'detected':
        return { outcome: 'waiting', words: waitingWords(row, name, link) }
      case 'failed':
        return { outcome: 'failed', words: failedWords(name, row.fault?.code ?? '', row.fault?.detail ?? '', link) }
      default:
        return null
    }
  }

  private async findImport(tenantId: TenantId, id: Id): Promise<ImportRow | null> {
    try {
      return await this.importOf(tenantId, id)
    } catch (error) {
      // A person may have put a file there whose name merely looks like one of ours.
      if (error instanceof Fault && error.kind === 'missing') return null
      throw error
    }
  }

  private importOf(tenantId: TenantId, id: Id): Promise<ImportRow> {
    return this.parts.intake.database.tenant(tenantId, (tx) => getImport(tx, tenantId, id))
  }

  /** Once an hour for each thing: what is looked at every few seconds would fill the log. */
  private warn(
    now: Instant,
    { folder, about = folder }: { readonly folder: string; readonly about?: string },
    sentence: string,
    error?: unknown,
  ): void {
    const last = this.warnedAt.get(about)
    if (last !== undefined && now - last < WARN_EVERY_MS) return
    this.warnedAt.set(about, now)
    // A failed system call says the file's path, and a file may be named after a person: its code is enough.
    const code = (error as NodeJS.ErrnoException | undefined)?.code
    this.parts.log.warn(
      { folder, ...(code !== undefined ? { code } : error !== undefined ? { err: error } : {}) },
      sentence,
    )
  }
}

/** Folders of the system or of a person who hides them are none of ours. */
function isPlain(name: string): boolean {
  return !name.startsWith('.') && name !== 'lost+found'
}

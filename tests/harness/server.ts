import { createHash } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '#platform/postgres/embedded.ts'
import { migrate, readMigrations } from '#platform/postgres/migrate.ts'
import { prepareQueue } from '#platform/queue/queue.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    readonly superuserUrl: string
    readonly hubUrl: string
    readonly template: string
  }
}

/** One embedded server a test run; one migrated template, of which every test file gets a copy. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tillwire-test-'))
  await chmod(dataDir, 0o711)
  // Durability is tested by tests that start a server of their own; everybody else only wants the answers.
  const server = await startEmbedded({ dataDir, settings: { fsync: 'off', max_connections: '200' } })
  const migrations = await readMigrations()
  const hash = createHash('sha256')
  for (const step of migrations) hash.update(step.hash)
  const template = `template_${hash.digest('hex').slice(0, 12)}`
  const client = new pg.Client({ connectionString: server.superuserUrl })
  await client.connect()
  await client.query(`create database ${template} owner tillwire`)
  await client.end()
  const templateUrl = server.url.replace('/tillwire?', `/${template}?`)
  await migrate(templateUrl, migrations)
  await prepareQueue(templateUrl)
  project.provide('superuserUrl', server.superuserUrl)
  project.provide('hubUrl', server.url)
  project.provide('template', template)
  return async () => {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

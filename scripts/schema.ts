import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { startEmbedded } from '../src/platform/postgres/embedded.ts'
import { migrate } from '../src/platform/postgres/migrate.ts'
import { prepareQueue } from '../src/platform/queue/queue.ts'
import { type Ask, schemaText } from './schema-text.ts'

// `npm run schema` writes migrations/schema.sql: the schema as the numbered steps make it, for reading. A test makes it
// again and compares, so the file is never out of date. Nobody runs it.

const FILE = new URL('../migrations/schema.sql', import.meta.url)

async function main(): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tillwire-schema-'))
  // For root the server runs as another user, who must be able to walk in.
  await chmod(dataDir, 0o711)
  const server = await startEmbedded({ dataDir, settings: { fsync: 'off' } })
  try {
    await migrate(server.url)
    await prepareQueue(server.url)
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    const ask: Ask = async (text, values = []) => (await client.query(text, [...values])).rows
    await writeFile(FILE, await schemaText(ask))
    await client.end()
  } finally {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

await main()

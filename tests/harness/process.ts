import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { freePort, until } from './hub.ts'

// A machine with a data folder, on which the real program is started, called and killed as a person or the system would.

export type Exit = {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** What the program said as JSON: its one object, or its error. */
  readonly said: Readonly<Record<string, unknown>> | null
  readonly error: { readonly code?: string; readonly detail?: string; readonly pid?: number } | null
}

export type HubProcess = {
  readonly url: URL
  readonly pid: number
  readonly said: Readonly<Record<string, unknown>>
  readonly exited: Promise<Exit>
  kill(signal: NodeJS.Signals): void
}

export type Machine = {
  readonly dataDir: string
  readonly env: NodeJS.ProcessEnv
  start(env?: NodeJS.ProcessEnv, command?: 'start' | 'demo'): Promise<HubProcess>
  /** A command, to its end. */
  call(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Exit>
  /** A command that is not waited for. */
  begin(args: readonly string[], env?: NodeJS.ProcessEnv): { readonly pid: number; readonly exited: Promise<Exit> }
  postmasterPid(): Promise<number | null>
  /** As a superuser, past every wall. */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
  /** Ends everything that was started here and removes the folder. */
  scrap(): Promise<void>
}

const PROGRAM = fileURLToPath(new URL('../../bin/tillwire.js', import.meta.url))

export async function newMachine(folder?: string): Promise<Machine> {
  const dataDir = folder ?? (await mkdtemp(path.join(tmpdir(), 'tillwire-machine-')))
  await chmod(dataDir, 0o711)
  const children = new Set<ChildProcess>()
  const base: NodeJS.ProcessEnv = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '/',
    TILLWIRE_DATA_DIR: dataDir,
    TILLWIRE_LOG_LEVEL: 'error',
  }

  function launch(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      env: { ...base, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.add(child)
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (text: Buffer) => {
      output.stdout += text.toString()
    })
    child.stderr.on('data', (text: Buffer) => {
      output.stderr += text.toString()
    })
    const exited = new Promise<Exit>((resolve) => {
      child.once('close', (code, signal) => {
        children.delete(child)
        const error = objectIn(output.stderr)?.error as Exit['error'] | undefined
        resolve({ code, signal, ...output, said: objectIn(output.stdout), error: error ?? null })
      })
    })
    return { child, output, exited }
  }

  const postmasterPid = async (): Promise<number | null> => {
    // A demonstration keeps its data apart, in a folder of its own below.
    for (const folder of ['postgres', 'demo/postgres']) {
      const text = await readFile(path.join(dataDir, folder, 'postmaster.pid'), 'utf8').catch(() => '')
      const pid = Number.parseInt(text, 10)
      if (Number.isInteger(pid) && isAlive(pid)) return pid
    }
    return null
  }

  return {
    dataDir,
    env: base,
    async start(env, command = 'start') {
      const port = String(await freePort())
      const { child, output, exited } = launch([command, '--json'], { PORT: port, ...env })
      let ended: Exit | null = null
      void exited.then((exit) => {
        ended = exit
      })
      const said = await until(
        'a hub that serves',
        async () => {
          if (ended) throw new Error(`the hub ended: ${ended.code} ${ended.stderr}`)
          return objectIn(output.stdout)
        },
        (seen) => seen !== null,
        60_000,
      )
      if (said === null || child.pid === undefined) throw new Error('the hub said nothing')
      return {
        url: new URL(String(said.base_url ?? said.url)),
        pid: child.pid,
        said,
        exited,
        kill: (signal) => void child.kill(signal),
      }
    },
    call: (args, env) => launch(args, env).exited,
    begin(args, env) {
      const { child, exited } = launch(args, env)
      return { pid: child.pid ?? 0, exited }
    },
    postmasterPid,
    async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
      const client = new pg.Client({
        host: path.join(dataDir, 'socket'),
        user: 'postgres',
        database: 'tillwire',
        password: (await readFile(path.join(dataDir, 'postgres.password'), 'utf8')).trim(),
      })
      client.on('error', () => undefined)
      await client.connect()
      try {
        return (await client.query<Row>(text, values)).rows
      } finally {
        await client.end()
      }
    },
    async scrap() {
      for (const child of children) child.kill('SIGKILL')
      const pid = await postmasterPid()
      if (pid !== null) {
        process.kill(pid, 'SIGQUIT')
        await until(
          'the end of PostgreSQL',
          async () => isAlive(pid),
          (alive) => !alive,
        )
      }
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function objectIn(text: string): Record<string, unknown> | null {
  for (const line of text.split('\n')) {
    if (!line.startsWith('{')) continue
    try {
      return JSON.parse(line) as Record<string, unknown>
    } catch {
      // Not whole yet.
    }
  }
  return null
}

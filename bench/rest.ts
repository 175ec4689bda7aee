import { spawn } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

// The hub as people start it, with nothing to do: from the command to its first answer, and what it holds then. Its
// PostgreSQL is a process of its own and does not count.

export type RestBench = {
  readonly bench: 'rest'
  /** From nothing: a new database included. */
  readonly first_start_seconds: number
  readonly start_seconds: number
  readonly rss_mb: number
  readonly goal_rss_mb: 220
}

const RESTS_MS = 10_000

export async function run(restsMs = RESTS_MS): Promise<RestBench> {
  const dir = await mkdtemp(path.join(tmpdir(), 'tillwire-bench-'))
  await chmod(dir, 0o711)
  try {
    const first = await startOnce(dir, 0)
    const again = await startOnce(dir, restsMs)
    return {
      bench: 'rest',
      first_start_seconds: first.seconds,
      start_seconds: again.seconds,
      rss_mb: again.rssMb,
      goal_rss_mb: 220,
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function startOnce(dir: string, restsMs: number): Promise<{ seconds: number; rssMb: number }> {
  const began = performance.now()
  const child = spawn(process.execPath, ['bin/tillwire.js', 'start', '--json'], {
    cwd: new URL('..', import.meta.url),
    env: { ...process.env, PORT: '0', TILLWIRE_DATA_DIR: dir, TILLWIRE_LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('exit', (code) => reject(new Error(`the hub ended with ${code} before it served`)))
  })
  const { url } = JSON.parse(line) as { url: string }
  const health = await fetch(new URL('/readyz', url))
  if (!health.ok) throw new Error(`the hub is not ready: ${await health.text()}`)
  const seconds = Math.round((performance.now() - began) / 10) / 100
  await sleep(restsMs)
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
  const rssMb = Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024)
  child.kill('SIGTERM')
  await ended
  return { seconds, rssMb }
}

if (import.meta.main) console.log(JSON.stringify(await run()))

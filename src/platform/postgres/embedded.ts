import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { Fault } from '#kernel/fault.ts'
import { type Binaries, prepareBinaries } from './binaries.ts'

// A real PostgreSQL as our own child process, reached over a Unix socket that nobody else can enter.
//   absent → initialised (beside, then renamed: half a cluster never bears the name) → running → stopped
// A hub that was killed leaves its server running; the next start finds it and takes it over. A server that was killed
// is started again by whoever watches it, and recovers from its own log.

export type EmbeddedPostgres = {
  /** Signs in as the hub's own user, who is no superuser. */
  readonly url: string
  /** A superuser's address, for the harness that makes and drops databases. */
  readonly superuserUrl: string
  /** True when the server was found running. */
  readonly adopted: boolean
  readonly pid: () => number | null
  /** Orderly: waits for what is being written, then ends the server. */
  stop(): Promise<void>
  /** Stops watching and leaves the server to whoever started it. */
  leave(): void
}

export type EmbeddedOptions = {
  /** The data folder; the cluster lies in `postgres` below it. */
  readonly dataDir: string
  /** Says what happens, in words for the log. */
  readonly say?: (message: string, detail?: Record<string, unknown>) => void
  /** More or other server settings, for benches. */
  readonly settings?: Readonly<Record<string, string>>
}

const HUB_USER = 'tillwire'
const HUB_DATABASE = 'tillwire'
const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 60_000
const SOCKET_PATH_MAX = 90
const SHARED_DIR_FOR_ROOT = '/var/lib/tillwire'

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  max_connections: '80',
  shared_buffers: '128MB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  // Imports fill tables by the hundred thousand; what has grown is looked at within seconds, not a minute.
  autovacuum_naptime: '5s',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // A failed statement and a violated key would put a customer's data into the server's log.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  password_encryption: 'scram-sha-256',
}

type Place = {
  readonly cluster: string
  readonly socketDir: string
  readonly passwordFile: string
  readonly logFile: string
  /** Who runs the server when we are root, else null. */
  readonly runAs: { readonly uid: number; readonly gid: number } | null
}

export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const say = options.say ?? (() => undefined)
  const place = await preparePlace(options.dataDir)
  const binaries = await prepareBinaries(place.runAs ? SHARED_DIR_FOR_ROOT : null)
  const password = await readOrMakePassword(place.passwordFile)
  await initialise(place, binaries, password, say)

  const superuserUrl = socketUrl('postgres', password, place.socketDir, 'postgres')
  const url = socketUrl(HUB_USER, password, place.socketDir, HUB_DATABASE)
  const settings = { ...SETTINGS, ...options.settings }

  let child: ChildProcess | null = null
  let leaving = false
  let watch: NodeJS.Timeout | null = null

  const launch = async (): Promise<void> => {
    child = await launchServer(place, binaries, settings, superuserUrl)
    child.once('exit', (code, signal) => void revive(`ended (${signal ?? code})`))
  }

  async function revive(why: string): Promise<void> {
    for (let attempt = 0; !leaving; attempt++) {
      say(`The built-in PostgreSQL ${why}; it is started again.`, { attempt })
      try {
        return await launch()
      } catch (error) {
        why = `did not start: ${(error as Error).message}`
        await sleep(Math.min(10_000, 250 * 2 ** attempt))
      }
    }
  }

  const adopted = await answers(superuserUrl)
  if (adopted) {
    say('The built-in PostgreSQL was found running and is taken over.')
    watch = watchAdopted(place, () => void (leaving || revive('is gone')))
  } else {
    await launch()
  }
  await createHubDatabase(superuserUrl, password)

  const pid = () => child?.pid ?? null
  const leave = () => {
    leaving = true
    if (watch) clearInterval(watch)
    child?.removeAllListeners('exit')
    child?.unref()
  }
  return {
    url,
    superuserUrl,
    adopted,
    pid,
    leave,
    async stop() {
      leave()
      await stopServer(place)
    },
  }
}

async function preparePlace(dataDir: string): Promise<Place> {
  const isRoot = process.getuid?.() === 0
  const runAs = isRoot ? await nobody() : null
  // The server's own user must be able to walk through the data folder, and may read nothing else in it.
  await mkdir(dataDir, { recursive: true, mode: isRoot ? 0o711 : 0o700 })
  if (isRoot) await requireWalkable(dataDir)
  const direct = path.join(dataDir, 'socket')
  const short = createHash('sha256').update(path.resolve(dataDir)).digest('hex').slice(0, 16)
  const socketDir =
    Buffer.byteLength(direct) <= SOCKET_PATH_MAX
      ? direct
      : path.join(isRoot ? '/run' : (process.env.XDG_RUNTIME_DIR ?? '/tmp'), `tillwire-${short}`)
  await mkdir(socketDir, { recursive: true, mode: 0o700 })
  await requireOurs(socketDir, runAs?.uid ?? null)
  if (runAs) await chown(socketDir, runAs.uid, runAs.gid)
  await chmod(socketDir, 0o700)
  return {
    cluster: path.join(dataDir, 'postgres'),
    socketDir,
    passwordFile: path.join(dataDir, 'postgres.password'),
    logFile: path.join(dataDir, 'postgres.log'),
    runAs,
  }
}

/** In a shared /tmp somebody else could have made the folder first and wait there for our password. */
async function requireOurs(dir: string, alsoUid: number | null): Promise<void> {
  const owner = (await stat(dir)).uid
  if (owner === process.getuid?.() || owner === alsoUid) return
  throw new Fault('denied', 'postgres.socket-folder-foreign', {
    say: `The folder ${dir} belongs to another user of this machine. Remove it or set another TILLWIRE_DATA_DIR.`,
  })
}

/** Root's private folders shut out the user that runs PostgreSQL. */
async function requireWalkable(dir: string): Promise<void> {
  for (let at = path.resolve(dir); at !== path.dirname(at); at = path.dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) {
      throw new Fault('denied', 'postgres.data-folder-private', {
        say:
          `PostgreSQL does not run as root, and the user that runs it instead cannot enter ${at}. ` +
          `Set TILLWIRE_DATA_DIR to a folder such as ${SHARED_DIR_FOR_ROOT}, or start Tillwire as an ordinary user.`,
      })
    }
  }
}

async function nobody(): Promise<{ uid: number; gid: number }> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith('nobody:'))
  const [, , uid, gid] = line?.split(':') ?? []
  return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) }
}

async function readOrMakePassword(file: string): Promise<string> {
  const fresh = randomBytes(24).toString('base64url')
  try {
    await writeFile(file, fresh, { mode: 0o600, flag: 'wx' })
    return fresh
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return (await readFile(file, 'utf8')).trim()
  }
}

async function initialise(
  place: Place,
  binaries: Binaries,
  password: string,
  say: NonNullable<EmbeddedOptions['say']>,
): Promise<void> {
  const version = await readFile(path.join(place.cluster, 'PG_VERSION'), 'utf8').catch(() => null)
  if (version !== null) return requireMajor(version.trim())
  say('A new database is being made.')
  const partial = `${place.cluster}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { mode: 0o700 })
  // The password goes through a file that only the server's user can read, and never through an argument list.
  const passwordFile = path.join(place.socketDir, 'initdb.password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (place.runAs) {
    await chown(partial, place.runAs.uid, place.runAs.gid)
    await chown(passwordFile, place.runAs.uid, place.runAs.gid)
  }
  try {
    await runProgram(
      binaries.initdb,
      [
        ['-D', partial, '-U', 'postgres', '-E', 'UTF8', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`],
        ['--locale-provider=builtin', '--locale=C.UTF-8', '--no-instructions'],
      ].flat(),
      place,
    )
  } finally {
    await rm(passwordFile, { force: true })
  }
  await rename(partial, place.cluster)
}

function requireMajor(version: string): void {
  if (version === '18') return
  throw new Fault('conflict', 'postgres.cluster-version', {
    say: `The data folder holds a PostgreSQL ${version} database; this Tillwire brings PostgreSQL 18. Move the data with pg_dump first.`,
  })
}

async function launchServer(
  place: Place,
  binaries: Binaries,
  settings: Readonly<Record<string, string>>,
  superuserUrl: string,
): Promise<ChildProcess> {
  const log = await open(place.logFile, 'a', 0o600)
  const args = ['-D', place.cluster, '-k', place.socketDir]
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`)
  // Of its own process group: Ctrl-C in a terminal must reach the hub alone, which then ends the server in order.
  const child = spawn(binaries.postgres, args, {
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
    env: serverEnvironment(),
    ...(place.runAs ?? {}),
  })
  let ended: string | null = null
  child.once('exit', (code, signal) => {
    ended = String(signal ?? code)
  })
  child.once('error', (error) => {
    ended = error.message
  })
  await log.close()
  const giveUpAt = performance.now() + START_TIMEOUT_MS
  while (performance.now() < giveUpAt) {
    const isUp = await answers(superuserUrl)
    // One that ended while it was asked is not up: nobody would hear of its end any more, and nobody start it again.
    if (ended !== null) break
    if (isUp) return child
    await sleep(20)
  }
  child.kill('SIGQUIT')
  throw new Fault('unavailable', 'postgres.not-starting', {
    say: `The built-in PostgreSQL did not start (${ended ?? 'no answer'}). Its own log says why: ${place.logFile}`,
  })
}

/** PostgreSQL needs a locale and little else; nothing of ours (keys, tokens) is its business. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

function watchAdopted(place: Place, onGone: () => void): NodeJS.Timeout {
  const timer = setInterval(async () => {
    const pid = await postmasterPid(place)
    if (pid !== null && isAlive(pid)) return
    clearInterval(timer)
    onGone()
  }, 500)
  timer.unref()
  return timer
}

async function stopServer(place: Place): Promise<void> {
  const pid = await postmasterPid(place)
  if (pid === null || !isAlive(pid)) return
  process.kill(pid, 'SIGINT')
  const giveUpAt = performance.now() + STOP_TIMEOUT_MS
  while (isAlive(pid) && performance.now() < giveUpAt) await sleep(20)
}

async function postmasterPid(place: Place): Promise<number | null> {
  const text = await readFile(path.join(place.cluster, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number.parseInt(text, 10)
  return Number.isInteger(pid) && pid > 1 ? pid : null
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function createHubDatabase(superuserUrl: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl })
  // One that breaks while nothing is asked says so here and would end the process; what is asked next fails by itself.
  client.on('error', () => undefined)
  await client.connect()
  try {
    const literal = client.escapeLiteral(password)
    await client.query(
      `do $$ begin
         if not exists (select from pg_roles where rolname = '${HUB_USER}') then
           create role ${HUB_USER} login createrole createdb password ${literal};
         end if;
       end $$`,
    )
    const { rowCount } = await client.query('select from pg_database where datname = $1', [HUB_DATABASE])
    if (rowCount === 0) await client.query(`create database ${HUB_DATABASE} owner ${HUB_USER}`)
  } finally {
    await client.end()
  }
}

function socketUrl(user: string, password: string, socketDir: string, database: string): string {
  return `postgres://${user}:${encodeURIComponent(password)}@/${database}?host=${encodeURIComponent(socketDir)}`
}

function runProgram(program: string, args: readonly string[], place: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: serverEnvironment(),
      cwd: '/',
      ...(place.runAs ?? {}),
    })
    let output = ''
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code === 0) return resolve()
      const full = /No space left/i.test(output)
      reject(
        new Fault('unavailable', full ? 'postgres.disk-full' : 'postgres.not-initialised', {
          say: full
            ? 'The disk that holds the data folder is full. Nothing was kept. Free some space and start again.'
            : `A new database could not be made: ${output.trim().split('\n').at(-1) ?? `exit ${code}`}`,
        }),
      )
    })
  })
}

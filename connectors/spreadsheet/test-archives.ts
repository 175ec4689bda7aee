import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import type { ArrivingFile } from '../contract-files.ts'
import { unpackFile } from './unpack.ts'
import type { UnpackingLimit } from './unpacking-limit.ts'

// Archives for tests, made on the spot, and what becomes of them.

export type PackedFile = string | Uint8Array | { readonly stream: () => Iterable<Uint8Array | string> }
export type ZipHabit = { readonly compress?: boolean; readonly forceZip64Format?: boolean }

/** A zip archive of these files, by name. */
export async function zipOf(files: Readonly<Record<string, PackedFile>>, habit: ZipHabit = {}): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, file] of Object.entries(files)) {
    if (typeof file === 'string' || file instanceof Uint8Array) zip.addBuffer(Buffer.from(file), name, habit)
    else zip.addReadStream(Readable.from(file.stream()), name, habit)
  }
  zip.end({ forceZip64Format: habit.forceZip64Format ?? false, comment: '' })
  const pieces: Buffer[] = []
  for await (const piece of zip.outputStream) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

/** The archive with every occurrence of some bytes replaced by as many others: names that no library would write. */
export function patched(archive: Buffer, from: string, to: string): Buffer {
  if (from.length !== to.length) throw new Error('a patch must not move what stands behind it')
  return Buffer.from(archive.toString('latin1').replaceAll(from, to), 'latin1')
}

/** Where the records of the archive's table of contents begin. */
export function centralRecords(archive: Buffer): readonly number[] {
  const found: number[] = []
  for (
    let at = archive.indexOf('PK\x01\x02', 0, 'latin1');
    at >= 0;
    at = archive.indexOf('PK\x01\x02', at + 4, 'latin1')
  ) {
    found.push(at)
  }
  return found
}

export type UnpackedText = {
  readonly container: string
  readonly tables: readonly {
    readonly name: string
    readonly hidden: boolean
    readonly encoding: string | null
    readonly brokenOff: boolean
    readonly text: string
  }[]
}

/** Unpacks and reads everything, each table twice where it may be. What stays in the scratch folder fails the test. */
export async function unpacked(bytes: Uint8Array, name = 'export', limit?: UnpackingLimit): Promise<UnpackedText> {
  const scratchDir = await mkdtemp(path.join(tmpdir(), 'tillwire-unpack-'))
  const outcome = await readAll({ name, bytes: Readable.from(pieces(bytes)), scratchDir }, limit).then(
    (text) => () => text,
    (cause: unknown) => () => {
      throw cause
    },
  )
  const left = await readdir(scratchDir)
  await rm(scratchDir, { recursive: true })
  if (left.length > 0) throw new Error(`left in the scratch folder: ${left.length} files`)
  return outcome()
}

async function readAll(arriving: ArrivingFile, limit?: UnpackingLimit): Promise<UnpackedText> {
  const file = await unpackFile(arriving, limit)
  try {
    const tables = []
    for (const { name, hidden, encoding, ...table } of file.tables) {
      const text = await textOf(table.bytes())
      if (table.again && (await textOf(table.bytes())) !== text) throw new Error('a second reading differs')
      tables.push({ name, hidden, encoding, text, brokenOff: table.brokenOff() })
    }
    return { container: file.container, tables }
  } finally {
    await file.close()
  }
}

/** The code and the sentence of the refusal, or `accepted`. */
export async function refusal(bytes: Uint8Array, limit?: UnpackingLimit): Promise<string> {
  return await unpacked(bytes, 'export', limit).then(
    () => 'accepted',
    (fault: { code?: string; message: string }) => `${fault.code}: ${fault.message}`,
  )
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = []
  for await (const piece of bytes) all.push(piece)
  return Buffer.concat(all).toString('utf8')
}

/** As a network hands them out: of uneven sizes. */
function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 7 + 3) % 50_000) {
    size = Math.max(1, size)
    yield bytes.subarray(at, at + size)
  }
}

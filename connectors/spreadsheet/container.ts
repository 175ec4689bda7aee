import { constants, createGunzip, type Gunzip } from 'node:zlib'
import type { FileDetection, FileSource } from '../contract.ts'
import { fileFault, type SpreadsheetFaultCode } from './faults.ts'

// The outermost step: from stored bytes to unpacked bytes. What kind of file it is shows in its first bytes; its name
// is never believed.

export type OpenedBytes = {
  readonly container: FileDetection['container']
  readonly bytes: AsyncIterable<Buffer>
  /** Share of the stored bytes handed out so far, 0 to 1. */
  progress(): number
  /** After the last byte: whether the packed data broke off before its end. */
  truncated(): boolean
}

/** Real exports pack ten to thirty times. Refused is what unpacks to more than both. */
const UNPACKING_MAX: UnpackingLimit = { bytes: 1024 ** 3, ratio: 200 }
const CHUNK_BYTES = 64 * 1024

export type UnpackingLimit = { readonly bytes: number; readonly ratio: number }

/** Kinds that are refused by their first bytes, and what the person is told. */
const REFUSED: readonly {
  readonly starts: readonly number[]
  readonly code: SpreadsheetFaultCode
  readonly say: string
}[] = [
  {
    starts: [0x50, 0x4b, 0x03, 0x04],
    code: 'file.workbook_unsupported',
    say: 'This is an Excel workbook (or a zip archive). Open it, choose "Save as CSV", and give that file.',
  },
  {
    starts: [0xd0, 0xcf, 0x11, 0xe0],
    code: 'file.workbook_unsupported',
    say: 'This is an old Excel workbook (.xls). Open it, choose "Save as CSV", and give that file.',
  },
  { starts: [0x25, 0x50, 0x44, 0x46], code: 'file.binary', say: 'This is a PDF. Export the sales as CSV instead.' },
  {
    starts: [0x89, 0x50, 0x4e, 0x47],
    code: 'file.binary',
    say: 'This is a picture (PNG). Give the CSV export itself.',
  },
  { starts: [0xff, 0xd8, 0xff], code: 'file.binary', say: 'This is a picture (JPEG). Give the CSV export itself.' },
  {
    starts: [0x47, 0x49, 0x46, 0x38],
    code: 'file.binary',
    say: 'This is a picture (GIF). Give the CSV export itself.',
  },
  {
    starts: [0x42, 0x5a, 0x68],
    code: 'file.archive_unsupported',
    say: 'Unpack this bzip2 archive and give the CSV file inside.',
  },
  {
    starts: [0x37, 0x7a, 0xbc, 0xaf],
    code: 'file.archive_unsupported',
    say: 'Unpack this 7z archive and give the CSV file inside.',
  },
  {
    starts: [0x52, 0x61, 0x72, 0x21],
    code: 'file.archive_unsupported',
    say: 'Unpack this RAR archive and give the CSV file inside.',
  },
  {
    starts: [0x28, 0xb5, 0x2f, 0xfd],
    code: 'file.archive_unsupported',
    say: 'Unpack this zstd archive and give the CSV file inside.',
  },
]

/** Opens the file's bytes, unpacked where they are packed. Throws a Fault when the first bytes are no table's. */
export async function openBytes(file: FileSource, limit: UnpackingLimit = UNPACKING_MAX): Promise<OpenedBytes> {
  const state = { consumed: 0, truncated: false }
  const source = counted(file, state)
  const first = await source.next()
  if (first.done) throw fileFault('file.empty', 'The file is empty. Export it again.')
  const packed = first.value[0] === 0x1f && first.value[1] === 0x8b
  const whole = prepend(first.value, source)
  const bytes = packed ? unpack(whole, state, limit) : whole
  const opened = {
    container: packed ? ('gzip' as const) : ('plain' as const),
    progress: () => (file.sizeBytes > 0 ? Math.min(1, state.consumed / file.sizeBytes) : 1),
    truncated: () => state.truncated,
  }
  try {
    const head = await bytes.next()
    if (!head.done) refuseBySignature(head.value)
    else if (state.truncated)
      throw fileFault('file.damaged', 'The packed file is cut off before its first row. Upload it again.')
    else throw fileFault('file.empty', 'The file unpacks to nothing. Export it again.')
    return { ...opened, bytes: prepend(head.value, bytes) }
  } catch (cause) {
    // Closes the stream: whoever refuses a file must not keep it open.
    await bytes.return()
    throw cause
  }
}

function refuseBySignature(head: Buffer): void {
  const kind = REFUSED.find(({ starts }) => starts.every((byte, at) => head[at] === byte))
  if (kind) throw fileFault(kind.code, kind.say)
}

/** Joins the stream's pieces to chunks worth working on; the first holds at least 4 bytes where there are as many. */
async function* counted(file: FileSource, state: { consumed: number }): AsyncGenerator<Buffer, void> {
  let waiting: Buffer[] = []
  let bytes = 0
  for await (const piece of file.open() as AsyncIterable<Buffer | string>) {
    const buffer = typeof piece === 'string' ? Buffer.from(piece) : piece
    state.consumed += buffer.length
    waiting.push(buffer)
    bytes += buffer.length
    if (bytes < CHUNK_BYTES) continue
    yield waiting.length === 1 ? buffer : Buffer.concat(waiting)
    waiting = []
    bytes = 0
  }
  if (bytes > 0) yield Buffer.concat(waiting)
}

async function* prepend(head: Buffer, rest: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
  try {
    yield head
    yield* rest
  } finally {
    await rest.return()
  }
}

/**
 * Unpacks gzip. A file that was cut off gives up everything that can still be unpacked: the input is flushed and read
 * empty before the end is announced to zlib, because its complaint about the end would throw that last part away.
 */
async function* unpack(
  packed: AsyncGenerator<Buffer, void>,
  state: { consumed: number; truncated: boolean },
  limit: UnpackingLimit,
): AsyncGenerator<Buffer, void> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
  const signal = new Signal()
  let failed: unknown = null
  let fed = false
  let unpacked = 0
  gunzip.on('readable', () => signal.ring())
  gunzip.on('error', (cause) => {
    failed = cause
    signal.ring()
  })
  const feeding = feed(packed, gunzip, () => failed !== null).then(
    () => {
      fed = true
      signal.ring()
    },
    (cause) => {
      failed = cause
      signal.ring()
    },
  )
  try {
    for (;;) {
      const chunk = gunzip.read() as Buffer | null
      if (chunk) {
        unpacked += chunk.length
        if (unpacked > limit.bytes && unpacked > limit.ratio * state.consumed) {
          throw fileFault('file.unpacks_too_large')
        }
        yield chunk
      } else if (failed !== null || fed) break
      else await signal.wait()
    }
    if (failed === null) state.truncated = !(await endsWell(gunzip))
    else if (isZlibError(failed)) state.truncated = true
    else throw failed
  } finally {
    gunzip.destroy()
    await packed.return()
    await feeding
  }
}

async function feed(packed: AsyncGenerator<Buffer, void>, gunzip: Gunzip, stopped: () => boolean): Promise<void> {
  for await (const chunk of packed) {
    if (stopped() || gunzip.destroyed) return
    if (!gunzip.write(chunk)) await roomIn(gunzip)
  }
  if (stopped() || gunzip.destroyed) return
  await new Promise<void>((resolve) => {
    gunzip.once('close', () => resolve())
    // Behind the trailer zlib takes nothing more and never answers the flush, but the stream ends.
    gunzip.once('end', () => resolve())
    gunzip.flush(constants.Z_SYNC_FLUSH, () => resolve())
  })
}

function roomIn(gunzip: Gunzip): Promise<void> {
  return new Promise((resolve) => {
    gunzip.once('drain', () => resolve())
    gunzip.once('close', () => resolve())
  })
}

function endsWell(gunzip: Gunzip): Promise<boolean> {
  if (gunzip.readableEnded) return Promise.resolve(true)
  return new Promise((resolve) => {
    gunzip.removeAllListeners('error')
    gunzip.once('end', () => resolve(true))
    gunzip.on('error', () => resolve(false))
    // A stream that was read by hand does not flow on its own: the end must be read up to, too.
    gunzip.on('readable', () => gunzip.read())
    gunzip.end()
    gunzip.read()
  })
}

function isZlibError(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && cause.code.startsWith('Z_')
}

/** A bell that may ring before anybody waits for it. */
class Signal {
  private rung = false
  private wake: (() => void) | null = null
  ring(): void {
    this.rung = true
    this.wake?.()
    this.wake = null
  }
  async wait(): Promise<void> {
    if (!this.rung) {
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
    this.rung = false
  }
}

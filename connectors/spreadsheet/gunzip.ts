import { constants, createGunzip, type Gunzip } from 'node:zlib'
import { checkUnpacked, type UnpackingLimit } from './unpacking-limit.ts'

const CHUNK_BYTES = 64 * 1024

export type GunzipState = {
  /** After the last byte: whether the packed data broke off before its end. */ brokenOff: boolean
}

/**
 * Unpacks gzip. A file that was cut off gives up everything that can still be unpacked: the input is flushed and read
 * empty before the end is announced to zlib, because its complaint about the end would throw that last part away.
 * Throws `file.unpacks_too_large`.
 */
export async function* gunzip(
  packed: AsyncGenerator<Uint8Array, void>,
  state: GunzipState,
  limit: UnpackingLimit,
): AsyncGenerator<Buffer, void> {
  const zlib = createGunzip({ chunkSize: CHUNK_BYTES })
  const signal = new Signal()
  const bytes = { packed: 0, unpacked: 0 }
  let failed: unknown = null
  let fed = false
  zlib.on('readable', () => signal.ring())
  zlib.on('error', (cause) => {
    failed = cause
    signal.ring()
  })
  const feeding = feed(counted(packed, bytes), zlib, () => failed !== null).then(
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
      const chunk = zlib.read() as Buffer | null
      if (chunk) {
        bytes.unpacked += chunk.length
        checkUnpacked(bytes.unpacked, bytes.packed, limit)
        yield chunk
      } else if (failed !== null || fed) break
      else await signal.wait()
    }
    if (failed === null) state.brokenOff = !(await endsWell(zlib))
    else if (isZlibError(failed)) state.brokenOff = true
    else throw failed
  } finally {
    zlib.destroy()
    await packed.return()
    await feeding
  }
}

async function* counted(
  packed: AsyncIterable<Uint8Array>,
  bytes: { packed: number },
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of packed) {
    bytes.packed += chunk.length
    yield chunk
  }
}

async function feed(packed: AsyncIterable<Uint8Array>, zlib: Gunzip, stopped: () => boolean): Promise<void> {
  for await (const chunk of packed) {
    if (stopped() || zlib.destroyed) return
    if (!zlib.write(chunk)) await roomIn(zlib)
  }
  if (stopped() || zlib.destroyed) return
  await new Promise<void>((resolve) => {
    zlib.once('close', () => resolve())
    // Behind the trailer zlib takes nothing more and never answers the flush, but the stream ends.
    zlib.once('end', () => resolve())
    zlib.flush(constants.Z_SYNC_FLUSH, () => resolve())
  })
}

function roomIn(zlib: Gunzip): Promise<void> {
  return new Promise((resolve) => {
    zlib.once('drain', () => resolve())
    zlib.once('close', () => resolve())
  })
}

function endsWell(zlib: Gunzip): Promise<boolean> {
  if (zlib.readableEnded) return Promise.resolve(true)
  return new Promise((resolve) => {
    zlib.removeAllListeners('error')
    zlib.once('end', () => resolve(true))
    zlib.on('error', () => resolve(false))
    // A stream that was read by hand does not flow on its own: the end must be read up to, too.
    zlib.on('readable', () => zlib.read())
    zlib.end()
    zlib.read()
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

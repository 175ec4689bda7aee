import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { Fault } from '#kernel/fault.ts'

// A file as it comes in: counted, hashed and limited on the way to whoever reads it.

export type Arriving = {
  /** Once. Whoever stops half-way leaves the rest for `drain`. */
  readonly bytes: AsyncIterable<Uint8Array>
  /** What went wrong with the sending itself, as opposed to what was sent; whoever read may have said it otherwise. */
  failure(): unknown
  /** Takes what nobody asked for, so that the sum is of the whole file. */
  drain(): Promise<void>
  sum(): { readonly fileBytes: bigint; readonly fileSha256: Uint8Array }
}

export type ArrivingOptions = {
  readonly bytesMax: number
  /** Called with every piece. */
  readonly onPiece?: () => void
  readonly signal: AbortSignal
}

export function arrivingFile(stream: Readable, options: ArrivingOptions): Arriving {
  const hash = createHash('sha256')
  const pieces = stream.iterator({ destroyOnReturn: false })
  let bytes = 0
  let failure: unknown
  let digest: Buffer | null = null
  let gone: unknown = null
  let giveUp: ((cause: unknown) => void) | null = null
  whenGone(stream, options.signal, (cause) => {
    gone ??= cause
    giveUp?.(cause)
  })

  // Not a race with one promise for the whole file: that would hold on to every piece until the file is over.
  function take(): Promise<IteratorResult<unknown, undefined>> {
    return new Promise((resolve, reject) => {
      if (gone !== null) {
        reject(gone)
        return
      }
      giveUp = reject
      pieces.next().then(resolve, reject)
    })
  }

  async function next(): Promise<IteratorResult<Uint8Array, undefined>> {
    try {
      options.signal.throwIfAborted()
      const piece = await take()
      if (piece.done) return { done: true, value: undefined }
      const chunk: Buffer = Buffer.isBuffer(piece.value) ? piece.value : Buffer.from(piece.value as Uint8Array)
      bytes += chunk.length
      if (bytes > options.bytesMax) throw tooLarge(options.bytesMax)
      hash.update(chunk)
      options.onPiece?.()
      return { done: false, value: chunk }
    } catch (error) {
      failure ??= error
      throw error
    }
  }

  return {
    bytes: { [Symbol.asyncIterator]: () => ({ next }) },
    failure: () => failure,
    async drain() {
      while (!(await next()).done);
    },
    sum() {
      digest ??= hash.digest()
      return { fileBytes: BigInt(bytes), fileSha256: digest }
    },
  }
}

/**
 * Tells when the sender went away before the end of the file, or the process wants to stop. A stream that was closed before
 * anybody listened says neither that it ended nor that it broke, and would be waited for without end.
 */
function whenGone(stream: Readable, signal: AbortSignal, tell: (cause: unknown) => void): void {
  const stopped = () => tell(signal.reason)
  const closed = () => {
    signal.removeEventListener('abort', stopped)
    if (!stream.readableEnded) tell(stream.errored ?? new Error('the sender went away'))
  }
  signal.addEventListener('abort', stopped, { once: true })
  if (stream.destroyed) setImmediate(closed)
  else stream.once('close', closed)
}

function tooLarge(bytesMax: number): Fault {
  return new Fault('invalid', 'import.too-large', {
    say: `A file may have at most ${bytesMax} bytes. Split it by month or compress it with gzip.`,
  })
}

const CHUNK_BYTES = 64 * 1024

/** Joins a stream's pieces to chunks worth working on: all but the last hold 64 KiB at least. None is empty. */
export async function* joined(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let waiting: Buffer[] = []
  let length = 0
  for await (const piece of bytes) {
    waiting.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength))
    length += piece.length
    if (length < CHUNK_BYTES) continue
    yield waiting.length === 1 && waiting[0] ? waiting[0] : Buffer.concat(waiting)
    waiting = []
    length = 0
  }
  if (length > 0) yield Buffer.concat(waiting)
}

/**
 * A stream again whose head was taken off to be looked at. Closing it closes the rest, also before its first byte was
 * asked for, which a generator would not do.
 */
export function prepended(head: Buffer, rest: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
  let held: Buffer | null = head
  const stream: AsyncGenerator<Buffer, void> = {
    async next() {
      if (held === null) return await rest.next()
      const value = held
      held = null
      return { done: false, value }
    },
    async return() {
      held = null
      return await rest.return()
    },
    async throw(cause) {
      held = null
      return await rest.throw(cause)
    },
    async [Symbol.asyncDispose]() {
      await stream.return()
    },
    [Symbol.asyncIterator]: () => stream,
  }
  return stream
}

import type { FileEncoding } from '../contract-files.ts'

// UTF-16 is made UTF-8 before anything else looks at it, so that a comma is one byte everywhere behind this step.

export type Utf16 = Extract<FileEncoding, 'utf-16le' | 'utf-16be'>

const LOOKED_AT_BYTES = 4096

/** By a byte order mark, or by zero bytes that keep to every second place; null for any other encoding. */
export function utf16Of(head: Uint8Array): Utf16 | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  const length = Math.min(head.length, LOOKED_AT_BYTES)
  let even = 0
  let odd = 0
  for (let at = 0; at < length; at++) {
    if (head[at] !== 0) continue
    if (at % 2 === 0) even++
    else odd++
  }
  if (odd > length / 5 && even < odd / 10) return 'utf-16le'
  if (even > length / 5 && odd < even / 10) return 'utf-16be'
  return null
}

/** A head as text good enough to tell markup by: letters beyond ASCII may come out wrong. */
export function headText(head: Uint8Array, encoding: Utf16 | null): string {
  return new TextDecoder(encoding ?? 'utf-8').decode(head.subarray(0, LOOKED_AT_BYTES))
}

/** The same text in UTF-8, its byte order mark too. Half a character, in the middle or at the end, becomes U+FFFD. */
export async function* utf16ToUtf8(bytes: AsyncIterable<Uint8Array>, encoding: Utf16): AsyncGenerator<Buffer, void> {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true })
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true })
    if (text !== '') yield Buffer.from(text)
  }
  const rest = decoder.decode()
  if (rest !== '') yield Buffer.from(rest)
}

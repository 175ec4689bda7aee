import { Fault } from './fault.ts'

// A cursor is the sort key of the last row that was shown. It is opaque to the caller, so that the key may change, but
// it grants nothing: whoever forges one only chooses where their own list begins.

export function cursorText(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** The key of `length` parts that `cursorText` wrote. Throws `cursor.unreadable`. */
export function readCursor(text: string, length: number): readonly (string | number)[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    const parts = Array.isArray(key) && key.length === length ? (key as unknown[]) : null
    if (parts?.every((part): part is string | number => typeof part === 'string' || typeof part === 'number')) {
      return parts
    }
  } catch {
    // Falls through to the one sentence below.
  }
  throw new Fault('invalid', 'cursor.unreadable', {
    say: 'This cursor is not one that the list gave. Start again without a cursor.',
    places: [{ pointer: '/cursor', detail: 'not a cursor of this list' }],
  })
}

import { hash } from 'node:crypto'
import { invalid } from './refusal.ts'
import type { Place } from './shelf.ts'
import type { Square } from './square.ts'

// A cursor is opaque to whoever holds it. It remembers the question (another question with it is a 400), the place
// where the last page ended, and the end of an open window as it was at the first request. It lives for 15 minutes;
// each page brings a fresh one.

const LIFE_MS = 15 * 60_000

export type CursorState = {
  /** Where the page before ended. */
  readonly after: Place
  /** Where a window without an end was closed at the first request, in epoch milliseconds. */
  readonly end: number
}

type Written = CursorState & { readonly q: string; readonly until: number }

export function cursorOf(square: Square, question: unknown, state: CursorState): string {
  const written: Written = { ...state, q: fingerprintOf(question), until: square.clock.now() + LIFE_MS }
  return Buffer.from(JSON.stringify(written)).toString('base64url')
}

/** What a cursor remembers; null where none was given. Refuses foreign, garbled and expired ones. */
export function readCursor(
  square: Square,
  question: unknown,
  text: string | undefined,
  call: string,
): CursorState | null {
  if (text === undefined || text === '') return null
  const written = decoded(text)
  if (written === null || written.q !== fingerprintOf(question)) {
    throw invalid(
      'INVALID_CURSOR',
      'Invalid cursor. Verify the cursor is valid and the request is otherwise unchanged.',
      'cursor',
    )
  }
  if (square.clock.now() > written.until || square.faults.strikes('cursor-expired', call)) {
    throw invalid('INVALID_CURSOR', 'The cursor has expired.', 'cursor')
  }
  return written
}

function decoded(text: string): Written | null {
  try {
    const written = JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<Written>
    const whole =
      typeof written.q === 'string' && typeof written.until === 'number' && typeof written.after === 'object'
    return whole ? (written as Written) : null
  } catch {
    return null
  }
}

function fingerprintOf(question: unknown): string {
  return hash('sha256', JSON.stringify(question), 'base64url').slice(0, 12)
}

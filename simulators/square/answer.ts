// What goes back and forth: JSON objects in, answers out.

export type JsonObject = Readonly<Record<string, unknown>>

export type Answer = {
  readonly status: number
  /** Anything that becomes JSON; `JsonText` is sent as it stands. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** JSON that is written already: a page of five hundred orders costs nothing a second time. */
export class JsonText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** The answer of nearly every call. */
export function ok(body: unknown): Answer {
  return { status: 200, body }
}

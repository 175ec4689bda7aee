import type { IncomingHttpHeaders } from 'node:http'

export type Asked = {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly body: Readonly<Record<string, unknown>>
}

export type Answer = { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }

/** As Acme writes what went wrong. */
export function error(code: string, text = 'Something is not as it should be.') {
  return { error: { code, text } }
}

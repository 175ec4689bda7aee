import { hash } from 'node:crypto'

// Refusals in the form of the Graph API. Whoever reads them should go by the code; the title stands in the message.

type Kind = { readonly status: number; readonly title: string; readonly type?: string; readonly subcode?: number }

const KINDS = {
  100: { status: 400, title: 'Invalid parameter' },
  190: { status: 401, title: 'Error validating access token: Session has expired.', subcode: 463 },
  80007: { status: 429, title: 'Rate limit issues' },
  130429: { status: 429, title: 'Rate limit hit' },
  131000: { status: 500, title: 'Something went wrong' },
  131008: { status: 400, title: 'Required parameter is missing' },
  131009: { status: 400, title: 'Parameter value is not valid' },
  131026: { status: 400, title: 'Message undeliverable' },
  131047: { status: 400, title: 'Re-engagement message' },
  131056: { status: 429, title: '(Business Account, Consumer Account) pair rate limit hit' },
  132000: { status: 400, title: 'Number of parameters does not match the expected number of params' },
  132001: { status: 404, title: 'Template name does not exist in the translation' },
  132012: { status: 400, title: 'Parameter format does not match format in the created template' },
  132015: { status: 400, title: 'Template is paused' },
} as const satisfies Readonly<Record<number, Kind>>

export type GraphCode = keyof typeof KINDS

export class GraphRefusal extends Error {
  readonly status: number
  readonly code: GraphCode
  readonly details: string

  constructor(code: GraphCode, details: string) {
    super(`${code}: ${details}`)
    this.status = KINDS[code].status
    this.code = code
    this.details = details
  }

  /** The body; `serial` makes its trace id. */
  body(serial: number): unknown {
    const kind: Kind = KINDS[this.code]
    const withoutNumber = this.code === 190
    return {
      error: {
        message: withoutNumber ? kind.title : `(#${this.code}) ${kind.title}`,
        type: kind.type ?? 'OAuthException',
        code: this.code,
        ...(kind.subcode !== undefined && { error_subcode: kind.subcode }),
        ...(!withoutNumber && { error_data: { messaging_product: 'whatsapp', details: this.details } }),
        fbtrace_id: traceOf(serial),
      },
    }
  }
}

/** The address names an object that this token cannot see: another number, another version. */
export function unknownObject(id: string, serial: number): { readonly status: number; readonly body: unknown } {
  const message = `Unsupported post request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.`
  return {
    status: 400,
    body: {
      error: { message, type: 'GraphMethodException', code: 100, error_subcode: 33, fbtrace_id: traceOf(serial) },
    },
  }
}

function traceOf(serial: number): string {
  return `A${hash('sha256', `trace ${serial}`, 'base64url').slice(0, 22)}`
}

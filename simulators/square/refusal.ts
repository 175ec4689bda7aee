import type { Answer } from './answer.ts'

export type SquareErrorBody = {
  readonly category: string
  readonly code: string
  readonly detail?: string
  readonly field?: string
}

/** A call that Square would not serve. Thrown by endpoints, answered by the server. */
export class SquareRefusal extends Error {
  readonly status: number
  readonly error: SquareErrorBody

  constructor(status: number, error: SquareErrorBody) {
    super(`${error.code}: ${error.detail ?? ''}`)
    this.status = status
    this.error = error
  }

  answer(): Answer {
    return { status: this.status, body: { errors: [this.error] } }
  }
}

/** 400: something about the request itself is wrong; `field` is its path in the body or the query. */
export function invalid(code: string, detail: string, field?: string): SquareRefusal {
  return new SquareRefusal(400, { category: 'INVALID_REQUEST_ERROR', code, detail, ...(field && { field }) })
}

/** 404. */
export function notFound(detail: string): SquareRefusal {
  return new SquareRefusal(404, { category: 'INVALID_REQUEST_ERROR', code: 'NOT_FOUND', detail })
}

/** 401 and 403: `UNAUTHORIZED`, `ACCESS_TOKEN_EXPIRED`, `ACCESS_TOKEN_REVOKED`, `INSUFFICIENT_SCOPES`. */
export function denied(status: 401 | 403, code: string, detail: string): SquareRefusal {
  return new SquareRefusal(status, { category: 'AUTHENTICATION_ERROR', code, detail })
}

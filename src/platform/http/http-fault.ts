import { Fault, type FaultKind, type FaultOptions } from '#kernel/fault.ts'

/** A fault whose status is finer than its kind: 401, 405, 413, 415, 422. */
export class HttpFault extends Fault {
  readonly status: HttpFaultStatus
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: HttpFaultStatus,
    code: string,
    options: FaultOptions & { readonly headers?: Readonly<Record<string, string>> },
  ) {
    super(KIND_BY_STATUS[status], code, options)
    this.status = status
    this.headers = options.headers ?? {}
  }
}

const KIND_BY_STATUS = {
  400: 'invalid',
  401: 'denied',
  403: 'denied',
  404: 'missing',
  405: 'invalid',
  406: 'invalid',
  408: 'unavailable',
  409: 'conflict',
  410: 'missing',
  412: 'conflict',
  413: 'invalid',
  414: 'invalid',
  415: 'invalid',
  416: 'invalid',
  422: 'invalid',
  428: 'invalid',
  429: 'throttled',
  431: 'invalid',
  503: 'unavailable',
} as const satisfies Record<number, FaultKind>

export type HttpFaultStatus = keyof typeof KIND_BY_STATUS

export function isHttpFaultStatus(status: number): status is HttpFaultStatus {
  return Object.hasOwn(KIND_BY_STATUS, status)
}

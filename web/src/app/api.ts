// The one door to the hub. Every answer that is not a success becomes a Problem with a stable code; nobody reads its
// sentences to decide anything.

export type FieldProblem = { readonly pointer: string; readonly detail: string }

export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string | null
  readonly fields: readonly FieldProblem[]

  constructor(status: number, code: string, title: string, detail: string | null, fields: readonly FieldProblem[]) {
    super(detail ?? title)
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.detail = detail
    this.fields = fields
  }

  /** The hub was not reached at all. */
  get offline(): boolean {
    return this.status === 0
  }
}

export type Query = Readonly<Record<string, string | number | readonly string[] | null | undefined>>

export function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '') continue
    if (typeof value === 'object') for (const one of value) search.append(name, one)
    else search.append(name, String(value))
  }
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

type Send = {
  readonly query?: Query
  readonly body?: unknown
  readonly signal?: AbortSignal
  readonly tenantId?: string
}

export async function send<T>(method: string, path: string, options: Send = {}): Promise<T> {
  const headers = new Headers({ accept: 'application/json' })
  if (options.tenantId !== undefined) headers.set('x-tenant-id', options.tenantId)
  if (options.body !== undefined) headers.set('content-type', 'application/json')
  return answerOf(withQuery(path, options.query), {
    method,
    headers,
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
}

/** A file's raw bytes; small ones, whose way nobody has to watch. */
export function sendBytes<T>(
  method: string,
  path: string,
  bytes: Blob,
  contentType: string,
  tenantId: string,
): Promise<T> {
  const headers = new Headers({ accept: 'application/json', 'content-type': contentType, 'x-tenant-id': tenantId })
  return answerOf(path, { method, headers, body: bytes })
}

async function answerOf<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, { ...init, credentials: 'same-origin' })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new Problem(0, 'network.unreachable', 'The hub does not answer.', null, [])
  }
  const text = await response.text()
  const body = readJson(text)
  if (!response.ok) throw problemFrom(response.status, body)
  return body as T
}

function readJson(text: string): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export function problemFrom(status: number, body: unknown): Problem {
  const told = enveloped(typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {})
  const word = (name: string): string | null => (typeof told[name] === 'string' ? told[name] : null)
  const fields = Array.isArray(told.errors) ? told.errors.flatMap(readField) : []
  // better-auth answers `{ code, message }`; everything else is problem+json.
  const detail = word('detail') ?? word('message')
  return new Problem(status, word('code') ?? `http.${status}`, word('title') ?? `Error ${status}`, detail, fields)
}

/** The addresses of pushes tell an error inside of an envelope: `{ success, error: { code, message, details } }`. */
function enveloped(told: Record<string, unknown>): Record<string, unknown> {
  const { error } = told
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : told
}

function readField(value: unknown): FieldProblem[] {
  if (typeof value !== 'object' || value === null) return []
  const { pointer, detail } = value as Record<string, unknown>
  return typeof pointer === 'string' && typeof detail === 'string' ? [{ pointer, detail }] : []
}

/** What the hub says of one field, by its name in the body. */
export function fieldProblem(error: unknown, name: string): string | undefined {
  if (!(error instanceof Problem)) return undefined
  return error.fields.find((field) => field.pointer.replace(/^#?\/?(body\/)?/, '') === name)?.detail
}

/** A tenant's own addresses, and the tenant-less ones asked on its behalf. */
export type TenantApi = {
  readonly tenantId: string
  readonly path: (rest: string) => string
  readonly get: <T>(path: string, options?: { query?: Query; signal?: AbortSignal }) => Promise<T>
  readonly post: <T>(path: string, body?: unknown, options?: { signal?: AbortSignal }) => Promise<T>
  readonly patch: <T>(path: string, body: unknown, options?: { signal?: AbortSignal }) => Promise<T>
  readonly put: <T>(path: string, body: unknown) => Promise<T>
  readonly remove: <T = void>(path: string) => Promise<T>
}

export function tenantApi(tenantId: string): TenantApi {
  return {
    tenantId,
    path: (rest) => `/api/v1/tenants/${encodeURIComponent(tenantId)}/${rest}`,
    get: (path, options) => send('GET', path, { ...options, tenantId }),
    post: (path, body, options) => send('POST', path, { ...options, body, tenantId }),
    patch: (path, body, options) => send('PATCH', path, { ...options, body, tenantId }),
    put: (path, body) => send('PUT', path, { body, tenantId }),
    remove: (path) => send('DELETE', path, { tenantId }),
  }
}

export type Upload = { readonly done: Promise<unknown>; readonly cancel: () => void }

/** A file's raw bytes; XMLHttpRequest, because fetch does not tell how much has left the machine. */
export function upload(path: string, file: Blob, tenantId: string, onProgress: (share: number) => void): Upload {
  const request = new XMLHttpRequest()
  const done = new Promise<unknown>((resolve, reject) => {
    request.open('POST', path)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.setRequestHeader('accept', 'application/json')
    request.setRequestHeader('x-tenant-id', tenantId)
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total)
    }
    request.onload = () => {
      const body = readJson(request.responseText)
      if (request.status >= 200 && request.status < 300) resolve(body)
      else reject(problemFrom(request.status, body))
    }
    request.onerror = () => reject(new Problem(0, 'network.unreachable', 'The hub does not answer.', null, []))
    request.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'))
    request.send(file)
  })
  return { done, cancel: () => request.abort() }
}

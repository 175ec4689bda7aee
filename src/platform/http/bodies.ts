import { type Readable, Transform } from 'node:stream'
import type { MultipartFile } from '@fastify/multipart'
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { httpFault } from './problem.ts'
import type { Upload, UploadBody } from './route.ts'

// Three ways to take a body, each a scope of its own in the server, so that a route for JSON can never be handed a
// file, and bytes that carry a signature are never parsed on the way.

const UTF8 = new TextDecoder('utf-8', { fatal: true })
const FIELD_BYTES_MAX = 64 * 1024

/** JSON or nothing. What PostgreSQL could not store (NUL) is refused here, with its place. */
export function takeJson(scope: FastifyInstance): void {
  const parse = scope.getDefaultJsonParser('error', 'error')
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (bytes.length === 0) return done(null, undefined)
    let text: string
    try {
      text = UTF8.decode(bytes as Buffer)
    } catch {
      return done(httpFault(400, 'http.json-malformed', { say: 'The body is not valid UTF-8.' }))
    }
    parse(request, text, (error, value) => {
      if (error) return done(httpFault(400, 'http.json-malformed', { say: `The body is not JSON: ${error.message}.` }))
      const place = text.includes('\\u0000') ? placeOfNul(value, '') : null
      if (place === null) return done(null, value)
      const places = [{ pointer: place, detail: 'holds a NUL character' }]
      done(httpFault(400, 'http.input-invalid', { say: `The body holds a NUL character at ${place}.`, places }))
    })
  })
}

/** Any body at all, whole and untouched. */
export function takeBytes(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes))
}

/** Any body as it arrives; a multipart form is opened when the route asks for its file. */
export async function takeUploads(scope: FastifyInstance): Promise<void> {
  scope.removeAllContentTypeParsers()
  await scope.register(multipart, {
    throwFileSizeLimit: false,
    limits: { fileSize: Number.MAX_SAFE_INTEGER, files: 1, fields: 50, fieldSize: FIELD_BYTES_MAX, parts: 60 },
  })
  scope.addContentTypeParser('*', (_request, stream, done) => done(null, stream))
}

export async function readUpload(request: FastifyRequest, body: UploadBody): Promise<Upload> {
  const sizeBytes = contentLength(request)
  // A form is a little larger than its file; the stream itself is counted exactly.
  if (sizeBytes !== null && sizeBytes > body.limitBytes + FIELD_BYTES_MAX) throw tooLarge(body.limitBytes)
  const name = (request.query as Record<string, unknown>).name
  const named = typeof name === 'string' && name !== '' ? name : null
  const contentType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? 'application/octet-stream'
  if (contentType !== 'multipart/form-data') {
    return {
      fileName: named ?? fileNameOf(request.headers['content-disposition']),
      contentType,
      sizeBytes,
      fields: {},
      stream: guarded(request, request.raw, body.limitBytes),
    }
  }
  const { file, fields } = await firstFile(request)
  return {
    fileName: named ?? file.filename ?? null,
    contentType: file.mimetype,
    // The form's length says little of the file's.
    sizeBytes: null,
    fields,
    stream: guarded(request, file.file, body.limitBytes),
  }
}

async function firstFile(request: FastifyRequest) {
  const fields: Record<string, string> = {}
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') return { file: part as MultipartFile, fields }
      if (typeof part.value === 'string') fields[part.fieldname] = part.value
    }
  } catch (cause) {
    throw httpFault(400, 'http.body-malformed', { cause })
  }
  throw httpFault(400, 'http.body-malformed', { say: 'The multipart form holds no file.' })
}

/**
 * The source, counted. The request itself is never destroyed over a limit: the caller must still hear why, and the
 * answer closes the connection behind it.
 */
function guarded(request: FastifyRequest, source: Readable, limitBytes: number): Readable {
  let seen = 0
  const guard = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length
      if (seen > limitBytes) done(tooLarge(limitBytes))
      else done(null, chunk)
    },
  })
  // The caller may go away before anybody reads: the failure then waits here for the reader, and is nobody's crash.
  guard.on('error', () => undefined)
  const cut = () => guard.destroy(httpFault(400, 'http.body-cut'))
  // A request that broke off closes, whether or not it says that it was aborted; it may have done so before we were asked.
  const closed = () => {
    if (!request.raw.complete) cut()
  }
  request.raw.once('aborted', cut)
  request.raw.once('close', closed)
  source.once('error', cut)
  if (request.raw.destroyed) setImmediate(closed)
  guard.once('close', () => {
    request.raw.off('aborted', cut)
    request.raw.off('close', closed)
    source.unpipe(guard)
    source.resume()
  })
  return source.pipe(guard)
}

function tooLarge(limitBytes: number) {
  return httpFault(413, 'http.body-too-large', {
    say: `This address takes at most ${limitBytes} bytes.`,
    detail: { limit_bytes: limitBytes },
  })
}

function contentLength(request: FastifyRequest): number | null {
  const text = request.headers['content-length']
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null
}

function fileNameOf(disposition: string | undefined): string | null {
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '')?.[1]
  if (extended) {
    try {
      return decodeURIComponent(extended)
    } catch {
      return null
    }
  }
  return /filename="?([^";]+)"?/i.exec(disposition ?? '')?.[1] ?? null
}

function placeOfNul(value: unknown, at: string): string | null {
  if (typeof value === 'string') return value.includes('\0') ? at || '/' : null
  if (typeof value !== 'object' || value === null) return null
  for (const [name, inner] of Object.entries(value)) {
    const here = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('\0', '')}`
    const found = name.includes('\0') ? here : placeOfNul(inner, here)
    if (found) return found
  }
  return null
}

import { fileFault, type SpreadsheetFaultCode } from './faults.ts'

// What a file is shows in its first bytes; its name is never believed.

export type Signature = 'gzip' | 'zip' | 'compound' | 'other'

type Refused = {
  readonly starts: readonly number[]
  /** Where the bytes stand; 0 unless said otherwise. */
  readonly at?: number
  readonly code: SpreadsheetFaultCode
  /** With its article, for sentences. */
  readonly what: string
  readonly way: string
}

const GIVE_TABLE = 'Give the CSV or Excel export itself.'
const UNPACK_FIRST = 'Unpack it and give the table inside, or pack it as zip or gzip.'

/** Kinds that are refused by their first bytes, and what the person is told. */
const REFUSED: readonly Refused[] = [
  {
    starts: [0x25, 0x50, 0x44, 0x46],
    code: 'file.binary',
    what: 'a PDF',
    way: 'Export the sales as CSV or Excel instead.',
  },
  { starts: [0x89, 0x50, 0x4e, 0x47], code: 'file.binary', what: 'a picture (PNG)', way: GIVE_TABLE },
  { starts: [0xff, 0xd8, 0xff], code: 'file.binary', what: 'a picture (JPEG)', way: GIVE_TABLE },
  { starts: [0x47, 0x49, 0x46, 0x38], code: 'file.binary', what: 'a picture (GIF)', way: GIVE_TABLE },
  { starts: [0x42, 0x5a, 0x68], code: 'file.archive_unsupported', what: 'a bzip2 archive', way: UNPACK_FIRST },
  { starts: [0x37, 0x7a, 0xbc, 0xaf], code: 'file.archive_unsupported', what: 'a 7z archive', way: UNPACK_FIRST },
  { starts: [0x52, 0x61, 0x72, 0x21], code: 'file.archive_unsupported', what: 'a RAR archive', way: UNPACK_FIRST },
  { starts: [0x28, 0xb5, 0x2f, 0xfd], code: 'file.archive_unsupported', what: 'a zstd archive', way: UNPACK_FIRST },
  {
    starts: [0xfd, 0x37, 0x7a, 0x58, 0x5a],
    code: 'file.archive_unsupported',
    what: 'an xz archive',
    way: UNPACK_FIRST,
  },
  // The word "ustar" stands behind the first member's header.
  {
    starts: [0x75, 0x73, 0x74, 0x61, 0x72],
    at: 257,
    code: 'file.archive_unsupported',
    what: 'a tar archive',
    way: UNPACK_FIRST,
  },
]

/** `zip` is an archive or a workbook, `compound` an old or an encrypted workbook, `other` may be text. */
export function signatureOf(head: Uint8Array): Signature {
  if (startsWith(head, [0x1f, 0x8b])) return 'gzip'
  // The second is what an archive without any file begins with, the third one that was made in several parts.
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04])) return 'zip'
  if (startsWith(head, [0x50, 0x4b, 0x05, 0x06]) || startsWith(head, [0x50, 0x4b, 0x07, 0x08])) return 'zip'
  if (startsWith(head, [0xd0, 0xcf, 0x11, 0xe0])) return 'compound'
  return 'other'
}

/** What the bytes are when they are a kind that is never read, with its article; null when they may be a table. */
export function refusedKind(head: Uint8Array): string | null {
  return refusalOf(head)?.what ?? null
}

/** Throws a Fault when the bytes are of a kind that is never read. */
export function refuseBySignature(head: Uint8Array): void {
  const kind = refusalOf(head)
  if (kind) throw fileFault(kind.code, `This is ${kind.what}. ${kind.way}`)
}

function refusalOf(head: Uint8Array): Refused | undefined {
  return REFUSED.find(({ starts, at = 0 }) => startsWith(head, starts, at))
}

function startsWith(head: Uint8Array, bytes: readonly number[], from = 0): boolean {
  return bytes.every((byte, at) => head[from + at] === byte)
}

/** Throws a Fault for text that a till calls an Excel file and that is markup: Excel opens it, nobody else does. */
export function refuseMarkedUpTable(head: string): void {
  const start = head.slice(0, 4096).trimStart().toLowerCase()
  if (!start.startsWith('<')) return
  if (start.includes('urn:schemas-microsoft-com:office:spreadsheet') && !start.includes('<html')) {
    throw fileFault(
      'file.workbook_unsupported',
      'This is an Excel 2003 file (XML). Open it in Excel or LibreOffice, save it as XLSX or CSV, and give that file.',
    )
  }
  if (start.includes('<table') || start.includes('urn:schemas-microsoft-com:office')) {
    throw fileFault(
      'file.workbook_unsupported',
      'This is a web page with a table, whatever its name says: many tills call that an Excel export. Open it in Excel or LibreOffice, save it as XLSX or CSV, and give that file.',
    )
  }
}

/** Whether text is markup or data of a program, and so no table. */
export function isMarkup(head: string): boolean {
  const start = head.slice(0, 2000).trimStart()
  return start.startsWith('<') || /^(?:\{\s*["}]|\[\s*[[{\]]|\{\\rtf)/.test(start)
}

import { StringDecoder } from 'node:string_decoder'
import { SaxesParser } from 'saxes'
import type { ArchiveEntry } from '../archive.ts'
import { fileFault } from '../faults.ts'

// A part of a workbook as events. A part comes from a stranger, so a document type is refused before any entity of its
// own could be expanded, and nothing that is kept while reading may grow without an end.

export type Attributes = Readonly<Record<string, string>>

export type XmlEvents = {
  /** Names are written as in the document, prefix and all; the first one opened is the root. */
  open(name: string, attributes: Attributes): void
  close(name: string): void
  /** Text or CDATA, entities replaced. One text may come in several calls. */
  text(text: string): void
}

/** No workbook nests deeper than some twenty elements. */
const DEPTH_MAX = 100
/** A tag, a comment or a text; Excel's longest text is 32,767 characters. */
const EVENT_BYTES_MAX = 8 * 1024 ** 2
const PART_BYTES_MAX = 64 * 1024 ** 2
// XML has no such characters, but some tills write them. One of them must not cost the whole workbook.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g

export class XmlReader {
  private readonly part: string
  private readonly parser = new SaxesParser<{ position: false; xmlns: false }>({ position: false, xmlns: false })
  private decoder: { write(bytes: Uint8Array): string; end(): string } | null = null
  private depth = 0
  private quietBytes = 0

  /** `part` is the part's name, for the sentences of faults. */
  constructor(part: string, events: XmlEvents) {
    this.part = part
    this.parser.on('opentag', (tag) => {
      this.quietBytes = 0
      if (++this.depth > DEPTH_MAX) throw this.damaged('nests its elements too deep')
      events.open(tag.name, tag.attributes)
    })
    this.parser.on('closetag', (tag) => {
      this.quietBytes = 0
      this.depth--
      events.close(tag.name)
    })
    this.parser.on('text', (text) => events.text(text))
    this.parser.on('cdata', (text) => events.text(text))
    this.parser.on('doctype', () => {
      throw this.damaged('declares a document type, which no workbook may')
    })
    this.parser.on('error', (cause) => {
      throw this.damaged('is not well-formed XML', cause)
    })
  }

  /** Throws `file.damaged`. */
  write(bytes: Buffer): void {
    this.decoder ??= this.decoderFor(bytes)
    this.quietBytes += bytes.length
    this.push(this.decoder.write(bytes))
    if (this.quietBytes > EVENT_BYTES_MAX) throw this.damaged('holds a text or a tag of more than 8 MiB')
  }

  /** Throws `file.damaged` when the document is not closed. */
  end(): void {
    this.push(this.decoder?.end() ?? '')
    this.parser.close()
  }

  private push(text: string): void {
    if (text !== '') this.parser.write(text.search(FORBIDDEN) < 0 ? text : text.replace(FORBIDDEN, '\ufffd'))
  }

  private decoderFor(head: Buffer): { write(bytes: Uint8Array): string; end(): string } {
    const mark =
      head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : ''
    const declared = /^[^>]{0,200}?encoding=["']([\w.:-]{1,40})["']/.exec(head.toString('latin1', 0, 300))?.[1]
    const encoding = (mark || declared || 'utf-8').toLowerCase()
    // A declaration that could be read as ASCII is not in UTF-16, whatever it says; some writers copy it from elsewhere.
    if (encoding === 'utf-8' || encoding === 'us-ascii' || (mark === '' && encoding.startsWith('utf-16'))) {
      const decoder = new StringDecoder('utf8')
      return { write: (bytes) => decoder.write(bytes as Buffer), end: () => decoder.end() }
    }
    try {
      const decoder = new TextDecoder(encoding)
      return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() }
    } catch (cause) {
      throw this.damaged('is in an encoding that is not known', cause)
    }
  }

  private damaged(what: string, cause?: unknown): Error {
    return fileFault(
      'file.damaged',
      `The workbook is damaged: its part "${this.part}" ${what}. Open it in Excel or LibreOffice, save it again as XLSX or CSV, and give that file.`,
      cause,
    )
  }
}

/** Reads a whole part, one of those that say what a workbook is and not what stands in it. Throws `file.damaged`. */
export async function readXml(part: ArchiveEntry, events: XmlEvents): Promise<void> {
  if (part.sizeBytes > PART_BYTES_MAX) {
    throw fileFault('file.damaged', `The workbook is damaged: its part "${part.path}" has more than 64 MiB.`)
  }
  const reader = new XmlReader(part.path, events)
  for await (const chunk of part.bytes()) reader.write(chunk)
  reader.end()
}

/** `c` of `x:c`. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** The prefix with its colon, or ''. */
export function prefixOf(name: string): string {
  return name.slice(0, name.indexOf(':') + 1)
}

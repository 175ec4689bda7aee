import type { ArchiveEntry } from '../archive.ts'
import { fileFault } from '../faults.ts'
import { csvCell } from './csv.ts'
import { plainString } from './string-text.ts'
import { TextStore } from './text-store.ts'
import { prefixOf, XmlReader } from './xml.ts'

/** Excel allows 32,767 characters in a cell. */
export const CELL_CHARS_MAX = 1024 ** 2

/**
 * The texts that the sheets of a workbook share, as cells of CSV. Read only as far as somebody asked, because the head
 * of a sheet of a million rows needs the first few of a million texts.
 */
export class SharedStrings {
  private readonly texts = new TextStore()
  private readonly rows: AsyncGenerator<void, void> | null
  private reading: Promise<boolean> | null = null
  private failed: unknown = null

  /** Null for a workbook without the part. */
  constructor(part: ArchiveEntry | null) {
    this.rows = part && this.read(part)
  }

  /** After it `at` answers every text up to this number, as far as there are so many. Throws as `finish` does. */
  async reach(index: number): Promise<void> {
    while (index >= this.texts.length && (await this.more()));
  }

  /** Reads to the end, where it shows whether the part is whole. Throws `file.damaged`, `file.unpacks_too_large`. */
  async finish(): Promise<void> {
    while (await this.more());
  }

  at(index: number): string | null {
    return this.texts.at(index)
  }

  async close(): Promise<void> {
    await this.rows?.return()
  }

  /** False at the end. Two sheets may be read at once; the part is read for both. */
  private more(): Promise<boolean> {
    if (this.failed !== null) throw this.failed
    this.reading ??= this.pull().finally(() => {
      this.reading = null
    })
    return this.reading
  }

  private async pull(): Promise<boolean> {
    try {
      return this.rows !== null && (await this.rows.next()).done !== true
    } catch (cause) {
      this.failed = cause
      throw cause
    }
  }

  private async *read(part: ArchiveEntry): AsyncGenerator<void, void> {
    const reader = new XmlReader(
      part.path,
      stringEvents((text) => this.texts.add(csvCell(plainString(text)))),
    )
    for await (const chunk of part.bytes()) {
      reader.write(chunk)
      yield
    }
    reader.end()
  }
}

/** Each `si` is a text, of one run or of several; how it is pronounced (`rPh`) is no part of it. */
function stringEvents(found: (text: string) => void) {
  let item = ''
  let run = ''
  let spoken = ''
  let text = ''
  let inItem = false
  let inText = false
  let inSpoken = false
  return {
    open(name: string) {
      if (item === '') {
        const prefix = prefixOf(name)
        item = `${prefix}si`
        run = `${prefix}t`
        spoken = `${prefix}rPh`
      } else if (name === item) {
        inItem = true
        text = ''
      } else if (name === run) inText = inItem && !inSpoken
      else if (name === spoken) inSpoken = true
    },
    close(name: string) {
      if (name === run) inText = false
      else if (name === spoken) inSpoken = false
      else if (name === item && inItem) {
        inItem = false
        found(text)
      }
    },
    text(more: string) {
      if (!inText) return
      text += more
      if (text.length > CELL_CHARS_MAX) throw longText()
    },
  }
}

export function longText() {
  return fileFault(
    'file.damaged',
    'The workbook is damaged: a cell holds more than 1 MiB of text, where Excel allows 32,767 characters. Shorten it, save the workbook again and give that file.',
  )
}

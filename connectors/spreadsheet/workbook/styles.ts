import type { ArchiveEntry } from '../archive.ts'
import { builtInFormat, customFormat, type NumberFormat } from './number-format.ts'
import { localName, readXml } from './xml.ts'

/** The number format of each cell style, by the style's number. A workbook without styles has none. */
export async function readStyles(part: ArchiveEntry | null): Promise<readonly NumberFormat[]> {
  const custom = new Map<number, NumberFormat>()
  const formats: NumberFormat[] = []
  if (!part) return formats
  let inCellFormats = false
  await readXml(part, {
    open(name, { numFmtId, formatCode }) {
      const local = localName(name)
      const id = Number(numFmtId ?? 0)
      if (local === 'numFmt' && formatCode !== undefined) custom.set(id, customFormat(formatCode))
      else if (local === 'cellXfs') inCellFormats = true
      else if (local === 'xf' && inCellFormats) formats.push(custom.get(id) ?? builtInFormat(id))
    },
    close(name) {
      if (localName(name) === 'cellXfs') inCellFormats = false
    },
    text() {},
  })
  return formats
}

import type { Archive, ArchiveEntry } from '../archive.ts'
import { localName, readXml } from './xml.ts'

// The parts of a workbook and how they point at each other. Nothing lies at a fixed place: a part is found through the
// relationships of the part that needs it.

export type Relationship = {
  readonly id: string
  /** The last word of its type: `worksheet`. The words before it differ between the two dialects of the format. */
  readonly type: string
  /** The part's path inside the archive. */
  readonly target: string
}

export class Parts {
  private readonly byPath: ReadonlyMap<string, ArchiveEntry>

  constructor(archive: Archive) {
    this.byPath = new Map(archive.entries.map((entry) => [entry.path.toLowerCase(), entry]))
  }

  /** Case does not count in names of parts. */
  find(path: string): ArchiveEntry | null {
    return this.byPath.get(path.toLowerCase()) ?? null
  }

  /** What a part points at inside the workbook; the root's own for ''. */
  async relationshipsOf(path: string): Promise<readonly Relationship[]> {
    const cut = path.lastIndexOf('/') + 1
    const folder = path.slice(0, cut)
    const part = this.find(`${folder}_rels/${path.slice(cut)}.rels`)
    const found: Relationship[] = []
    if (!part) return found
    await readXml(part, {
      open(name, { Id: id = '', Type: type = '', Target: target = '', TargetMode: mode }) {
        if (localName(name) !== 'Relationship' || mode === 'External') return
        found.push({ id, type: type.slice(type.lastIndexOf('/') + 1), target: resolved(folder, target) })
      },
      close() {},
      text() {},
    })
    return found
  }
}

/** Some writers part their paths by backslashes, some begin them with a slash, and both count from the root. */
function resolved(folder: string, target: string): string {
  const path = target.replaceAll('\\', '/')
  const whole = path.startsWith('/') ? path : `${folder}${path}`
  const parts: string[] = []
  for (const part of whole.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}

import { isTest, MODULES, partOf } from './arrows.ts'
import type { Finding, Tree } from './sources.ts'

// One table, one owning module. The migration that makes a table names its owner in its file name: 0005_mirror.sql makes
// the mirror's. A view or a function is a door: whoever may use the module may use it.

export type Owned = { readonly owner: string; readonly kind: 'table' | 'door' }

const MADE =
  /^\s*create (?:or replace )?(table|view|function|procedure)(?: if not exists)? ((?:hub|pos|auth)\."?\w+"?)/gim
const NAMED = /\b(?:hub|pos|auth)\."?\w+"?/g
/** Words of SQL that a table follows: what else looks like `hub.lock` is a file, a setting or a code. */
const IN_SQL = /\b(?:from|join|into|update|table|call|select|policy on|references)\s+$/i

/** Tables that the platform keeps for itself before any migration runs. */
const MADE_IN_CODE: Readonly<Record<string, Owned>> = {
  'hub.schema_migrations': { owner: 'platform', kind: 'table' },
}

/** Who else may name a table, and why. */
const MAY_NAME: Readonly<Record<string, string>> = {
  'src/app/root-key.ts hub.installation': 'the root key is the hub’s own and read before any module is there',
}

export function ownersOf({ papers }: Pick<Tree, 'papers'>): ReadonlyMap<string, Owned> {
  const owners = new Map(Object.entries(MADE_IN_CODE))
  for (const [path, text] of papers) {
    const named = /^migrations\/\d{4}_([a-z]+)[a-z0-9_]*\.sql$/.exec(path)?.[1]
    if (named === undefined) continue
    const owner = named in MODULES ? named : 'platform'
    for (const [, kind, name = ''] of text.matchAll(MADE)) {
      owners.set(bare(name), { owner, kind: kind?.toLowerCase() === 'table' ? 'table' : 'door' })
    }
  }
  return owners
}

export function foreignTables(tree: Tree): Finding[] {
  const owners = ownersOf(tree)
  const found: Finding[] = []
  for (const source of tree.sources.values()) {
    if (!source.path.startsWith('src/') || isTest(source.path)) continue
    const part = partOf(source.path)
    for (const { value, line } of source.texts) {
      for (const { 0: match, index } of value.matchAll(NAMED)) {
        const name = bare(match)
        if (`${source.path} ${name}` in MAY_NAME) continue
        const owned = owners.get(name)
        if (owned !== undefined) {
          if (!mayTouch(part, owned))
            found.push(`${source.path}:${line}: touches ${name}, which belongs to ${owned.owner}`)
        } else if (IN_SQL.test(value.slice(0, index))) {
          found.push(`${source.path}:${line}: names ${name}, which no migration makes`)
        }
      }
    }
  }
  return found
}

function mayTouch(part: string, { owner, kind }: Owned): boolean {
  const [floor = '', name = ''] = part.split('/')
  if (floor === 'platform') return owner === 'platform'
  if (floor === 'modules' && name === owner) return true
  if (kind === 'table') return false
  return floor === 'app' || MODULES[name]?.uses.includes(owner) === true
}

function bare(name: string): string {
  return name.replaceAll('"', '').toLowerCase()
}

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync, visitorKeys } from 'oxc-parser'

// The tree as the rules see it: every source parsed once, every other text as it stands. A rule is a function from a tree
// to findings, so that each can be shown a made-up tree that breaks it.

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** `path:line: what is wrong, and where to look`. */
export type Finding = string

export type Import = {
  /** The file within the tree, or the package. */
  readonly to: string
  readonly ours: boolean
  readonly kind: 'static' | 'dynamic'
  readonly line: number
}

/** A piece of text in the source: a string, or one stretch of a template between its holes. */
export type Text = { readonly value: string; readonly line: number }

/** Some node of the syntax tree, untyped: a rule looks at few fields of few kinds. */
export type Node = { readonly type: string; readonly start: number; readonly end: number } & Record<string, unknown>

export type Source = {
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
  readonly imports: readonly Import[]
  readonly texts: readonly Text[]
  /** Calls and `new`, for whoever looks for one. */
  readonly calls: readonly Call[]
  readonly objects: readonly Node[]
}

export type Call = {
  readonly callee: string
  readonly args: readonly Node[]
  readonly line: number
  readonly isNew: boolean
}

export type Tree = {
  readonly sources: ReadonlyMap<string, Source>
  /** Every text file, sources included, by its path. */
  readonly papers: ReadonlyMap<string, string>
}

const ALIASES: Readonly<Record<string, string>> = {
  '#kernel/': 'src/kernel/',
  '#canon/': 'src/canon/',
  '#platform/': 'src/platform/',
  '#modules/': 'src/modules/',
  '#app/': 'src/app/',
  '#connectors/': 'connectors/',
  '#simulators/': 'simulators/',
  '#tests/': 'tests/',
}

// What a checkout does not hold, and what holds nothing of ours to read.
const LEFT_OUT = new Set(['node_modules', 'dist', 'data', 'coverage', 'screenshots'])
const DOT_NAMES_READ = new Set(['.ci', '.github', '.gitignore', '.npmrc'])
const TEXT = /(?:\.(?:tsx?|js|mjs|json|md|sql|css|html|svg|csv|ya?ml|txt)|\/run|LICENSE|\.gitignore|\.npmrc)$/
const PAPER_BYTES_MAX = 2 * 1024 * 1024

export function readTree(root: string = ROOT): Tree {
  const papers = new Map<string, string>()
  const enter = (folder: string) => {
    for (const entry of readdirSync(posix.join(root, folder), { withFileTypes: true })) {
      const { name } = entry
      if (LEFT_OUT.has(name) || (name.startsWith('.') && !DOT_NAMES_READ.has(name))) continue
      const path = folder === '' ? name : `${folder}/${name}`
      if (entry.isDirectory()) enter(path)
      else if (TEXT.test(path) && statSync(posix.join(root, path)).size <= PAPER_BYTES_MAX) {
        papers.set(path, readFileSync(posix.join(root, path), 'utf8'))
      }
    }
  }
  enter('')
  return treeOf(papers)
}

/** A tree made of texts: the real one, or a made-up one. */
export function treeOf(papers: ReadonlyMap<string, string>): Tree {
  const sources = new Map<string, Source>()
  for (const [path, text] of papers) if (/\.tsx?$/.test(path)) sources.set(path, parse(path, text))
  return { sources, papers }
}

export function treeWith(files: Readonly<Record<string, string>>): Tree {
  return treeOf(new Map(Object.entries(files)))
}

function parse(path: string, text: string): Source {
  const { program, module, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`)
  const lineAt = lineCounter(text)
  const imports: Import[] = []
  const add = (specifier: string, kind: Import['kind'], at: number) => {
    const to = resolve(path, specifier)
    imports.push({ to: to ?? specifier, ours: to !== null, kind, line: lineAt(at) })
  }
  for (const one of module.staticImports) add(one.moduleRequest.value, 'static', one.start)
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, start } of entries) if (moduleRequest) add(moduleRequest.value, 'static', start)
  }
  for (const { moduleRequest, start } of module.dynamicImports) {
    const specifier = /^['"`]([^'"`$]+)['"`]$/.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[1]
    if (specifier !== undefined) add(specifier, 'dynamic', start)
  }
  const texts: Text[] = []
  const calls: Call[] = []
  const objects: Node[] = []
  visit(program as unknown as Node, (node) => {
    const { type } = node
    if (type === 'Literal' && typeof node.value === 'string')
      texts.push({ value: node.value, line: lineAt(node.start) })
    else if (type === 'TemplateElement') {
      const { cooked } = node.value as { cooked: string | null }
      texts.push({ value: cooked ?? '', line: lineAt(node.start) })
    } else if (type === 'ObjectExpression') objects.push(node)
    else if (type === 'CallExpression' || type === 'NewExpression') {
      const callee = node.callee as Node
      calls.push({
        callee: text.slice(callee.start, callee.end),
        args: node.arguments as readonly Node[],
        line: lineAt(node.start),
        isNew: type === 'NewExpression',
      })
    }
  })
  return { path, text, lines: text.split('\n'), imports, texts, calls, objects }
}

/** The file that an import names, as a path of the tree; null for a package. */
function resolve(from: string, specifier: string): string | null {
  const alias = Object.keys(ALIASES).find((prefix) => specifier.startsWith(prefix))
  if (alias !== undefined) return posix.normalize(`${ALIASES[alias]}${specifier.slice(alias.length)}`)
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : null
}

export function visit(node: Node, meet: (node: Node) => void): void {
  meet(node)
  for (const key of visitorKeys[node.type] ?? []) {
    const inner = node[key]
    if (Array.isArray(inner)) {
      for (const one of inner as (Node | null)[]) if (one) visit(one, meet)
    } else if (inner) visit(inner as Node, meet)
  }
}

function lineCounter(text: string): (offset: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low + 1
  }
}

/** The value of a property of an object literal, by its name. */
export function propertyOf(object: Node, name: string): Node | null {
  for (const property of object.properties as Node[]) {
    const key = property.key as Node | undefined
    if (key && (key.name === name || key.value === name)) return property.value as Node
  }
  return null
}

export function propertyNames(object: Node): string[] {
  return (object.properties as Node[]).flatMap((property) => {
    const key = property.key as Node | undefined
    const name = key?.name ?? key?.value
    return typeof name === 'string' ? [name] : []
  })
}

export function stringOf(node: Node | null): string | null {
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : null
}

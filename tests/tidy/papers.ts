import { posix } from 'node:path'
import { MODULES } from './arrows.ts'
import type { Finding, Tree } from './sources.ts'

// Rules about what is written for people, and about texts that travel with the sources.

const README_LINES_MAX = 99

export function longReadme({ papers }: Tree): Finding[] {
  const lines = (papers.get('README.md') ?? '').trimEnd().split('\n').length
  return lines > README_LINES_MAX ? [`README.md: has ${lines} lines; ${README_LINES_MAX} are the most`] : []
}

const isMarkdown = (path: string) => path.endsWith('.md')

/** `npm run …` and `npx tillwire …` that a document names and nobody can run. */
export function unknownCommands({ papers }: Tree): Finding[] {
  const known = new Set(['start', 'demo', ...commandsOf(papers.get('src/app/main.ts') ?? '')])
  return eachDocumentLine(papers, (line, path) => {
    const scripts = scriptsFor(papers, path, line)
    return [
      ...[...line.matchAll(/\bnpm run ([a-z][\w:-]*)/g)].flatMap(([, name = '']) =>
        scripts.has(name) ? [] : [`npm run ${name} is no script of package.json`],
      ),
      ...[...line.matchAll(/\bnpm (start|test)\b/g)].flatMap(([, name = '']) =>
        scripts.has(name) ? [] : [`npm ${name} is no script of package.json`],
      ),
      ...[...line.matchAll(/\btillwire ([a-z]+)(?=[\s`"])/g)].flatMap(([whole, name = '']) =>
        !line.includes(`npx ${whole}`) || known.has(name) ? [] : [`npx tillwire ${name} is no command`],
      ),
    ]
  })
}

/** Scripts that a document may mean: the project's, those of its own folder, those of the workspace that it names. */
function scriptsFor(papers: Tree['papers'], document: string, line: string): ReadonlySet<string> {
  const workspace = / -w (\w+)/.exec(line)?.[1] ?? document.split('/')[0]
  return new Set(
    ['package.json', `${workspace}/package.json`].flatMap((path) => {
      const { scripts = {} } = JSON.parse(papers.get(path) ?? '{}') as { scripts?: Record<string, string> }
      return Object.keys(scripts)
    }),
  )
}

/** The command words, as they are declared in the command line's own source. */
export function commandsOf(main: string): string[] {
  return [...main.matchAll(/\bcommand\(\s*'([a-z]+)/g)].map(([, name = '']) => name)
}

/** Links within the tree that lead nowhere. */
export function deadLinks({ papers }: Tree): Finding[] {
  const folders = new Set([...papers.keys()].flatMap(foldersOf))
  const found: Finding[] = []
  for (const [path, text] of papers) {
    if (!isMarkdown(path)) continue
    withoutFences(text).forEach((line, index) => {
      for (const [, target = ''] of line.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/i.test(target)) continue
        const [file = '', anchor] = target.split('#')
        const to = file === '' ? path : posix.join(posix.dirname(path), file).replace(/\/$/, '')
        if (!papers.has(to) && !folders.has(to))
          found.push(`${path}:${index + 1}: links to ${target}, which is not there`)
        else if (anchor && isMarkdown(to) && !anchorsOf(papers.get(to) ?? '').has(anchor)) {
          found.push(`${path}:${index + 1}: links to ${target}, but there is no such heading`)
        }
      }
    })
  }
  return found
}

function anchorsOf(text: string): Set<string> {
  const headings = withoutFences(text).flatMap((line) => /^#+ (.+)$/.exec(line)?.[1] ?? [])
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

// Written in pieces, so that this file does not find itself.
const MACHINE_PATHS = new RegExp(
  ['/wo' + 'rk/\\w', '/ho' + 'me/\\w', '/Us' + 'ers/\\w', '/tmp/ba' + 'sh_', 'C:\\\\Us' + 'ers'].join('|'),
)
const REGISTRIES = new RegExp(
  [
    'registry\\.npm' + 'js',
    'npm\\.pkg\\.git' + 'hub',
    'artifac' + 'tory',
    'verdac' + 'cio',
    '^registry ?=',
    '"resol' + 'ved": "http',
  ].join('|'),
  'i',
)

/** Paths of the machine it was written on, and hosts of package registries. */
export function machineTraces({ papers }: Tree): Finding[] {
  const found: Finding[] = []
  for (const [path, text] of papers) {
    text.split('\n').forEach((line, index) => {
      const trace = MACHINE_PATHS.exec(line)?.[0] ?? REGISTRIES.exec(line)?.[0]
      if (trace !== undefined) found.push(`${path}:${index + 1}: holds ${trace}, which means nothing elsewhere`)
    })
  }
  return found
}

/** Each module and connector says what it is for. */
export function missingReadmes({ papers, sources }: Tree): Finding[] {
  const folders = new Set(Object.keys(MODULES).map((name) => `src/modules/${name}`))
  for (const path of sources.keys()) {
    const folder = /^(?:src\/modules|connectors(?!\/conformance)|simulators)\/[^/]+(?=\/)/.exec(path)?.[0]
    if (folder !== undefined) folders.add(folder)
  }
  return [...folders]
    .filter((folder) => !papers.has(`${folder}/README.md`))
    .map((folder) => `${folder}: has no README.md`)
}

/** A folder at the top that the map of ARCHITECTURE.md does not show. */
export function unmapped({ papers }: Tree): Finding[] {
  const map = papers.get('ARCHITECTURE.md') ?? ''
  const folders = new Set(
    [...papers.keys()].filter((path) => path.includes('/')).map((path) => `${path.split('/')[0]}/`),
  )
  const modules = Object.keys(MODULES).map((name) => `${name}/`)
  return [...folders, ...modules]
    .filter((folder) => !map.split('\n').some((line) => line.trimStart().startsWith(folder)))
    .map((folder) => `ARCHITECTURE.md: its map does not show ${folder}`)
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

function withoutFences(text: string): string[] {
  let fenced = false
  return text.split('\n').map((line) => {
    if (line.trimStart().startsWith('```')) {
      fenced = !fenced
      return ''
    }
    return fenced ? '' : line
  })
}

function eachDocumentLine(papers: Tree['papers'], look: (line: string, path: string) => string[]): Finding[] {
  const found: Finding[] = []
  for (const [path, text] of papers) {
    if (!isMarkdown(path) && path !== '.ci/run') continue
    text.split('\n').forEach((line, index) => {
      for (const what of look(line, path)) found.push(`${path}:${index + 1}: ${what}`)
    })
  }
  return found
}

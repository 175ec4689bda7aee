import { mkdir, writeFile } from 'node:fs/promises'
import { readTree } from '../tests/tidy/sources.ts'
import { referencePages } from './reference-pages.ts'

// `npm run docs` writes the pages of docs/reference/ that are made from the code, and the tables of ARCHITECTURE.md.

const tree = readTree()
for (const [path, text] of await referencePages(tree)) {
  if (tree.papers.get(path) === text) continue
  const file = new URL(`../${path}`, import.meta.url)
  await mkdir(new URL('.', file), { recursive: true })
  await writeFile(file, text)
  console.log(`written: ${path}`)
}

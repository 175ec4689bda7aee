#!/usr/bin/env node
// Tillwire runs on Node 24. On an older one this file finds the Node 24 that came with the packages and starts over with
// it; it is plain JavaScript so that any Node can read it.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'

// A file of a million rows makes hundreds of millions of objects that live for a moment. V8 takes the first of them for
// long-lived ones and lays their like out as such from then on; they hold on to all that they point to, and a third of
// the time goes into collecting them. Without that guess reading a file is half as fast again.
setFlagsFromString('--no-allocation-site-pretenuring')

const [major = 0] = process.versions.node.split('.').map(Number)

if (major >= 24) {
  const { main } = await import('../src/app/main.ts')
  await main(process.argv.slice(2))
} else {
  const node = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url))
  if (!existsSync(node)) {
    console.error(
      `Tillwire needs Node 24; this is ${process.version}. Run "npm ci" once, which brings it along, and try again.`,
    )
    process.exit(1)
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}

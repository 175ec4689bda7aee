// Builds the dashboard when its build is missing or older than its sources, so that one command on a fresh machine is
// enough. Plain JavaScript: it runs before anything else, under whatever Node there is.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const web = fileURLToPath(new URL('../web', import.meta.url))
const built = path.join(web, 'dist', 'index.html')

function newest(dir) {
  let latest = 0
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.name === 'dist' || entry.name === 'node_modules') continue
    const at = path.join(dir, entry.name)
    latest = Math.max(latest, entry.isDirectory() ? newest(at) : statSync(at).mtimeMs)
  }
  return latest
}

if (!existsSync(built) || statSync(built).mtimeMs < newest(web)) {
  console.log('Building the dashboard …')
  const vite = fileURLToPath(new URL('../node_modules/vite/bin/vite.js', import.meta.url))
  const { status } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: web, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

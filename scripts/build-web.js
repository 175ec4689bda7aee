// Builds the dashboard when its build is missing or older than its sources, so that one command on a fresh machine is
// enough. Plain JavaScript: it runs before anything else, under whatever Node there is.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'

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

if (process.argv.includes('--always') || !existsSync(built) || statSync(built).mtimeMs < newest(web)) {
  console.log('Building the dashboard …')
  const vite = fileURLToPath(new URL('../node_modules/vite/bin/vite.js', import.meta.url))
  const { status } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: web, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
  compress(path.join(web, 'dist'))
}

/** What is served is written out compressed once, here, and not at every request. */
function compress(dir) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const at = path.join(dir, entry.name)
    if (entry.isDirectory()) compress(at)
    else if (/\.(js|css|svg|html)$/.test(entry.name) && statSync(at).size > 1024) {
      const plain = readFileSync(at)
      writeFileSync(`${at}.gz`, gzipSync(plain, { level: 9 }))
      writeFileSync(`${at}.br`, brotliCompressSync(plain))
    }
  }
}

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The dashboard as it is built, made anew where it is missing or older than its sources. */
export default function buildWeb(): void {
  const script = fileURLToPath(new URL('../../scripts/build-web.js', import.meta.url))
  const { status } = spawnSync(process.execPath, [script], { stdio: 'inherit' })
  if (status !== 0) throw new Error('the dashboard could not be built')
}

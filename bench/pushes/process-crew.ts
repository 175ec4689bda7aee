import { type ChildProcess, fork } from 'node:child_process'
import type { Crew } from './crew.ts'
import type { FromProcess, ProcessOrder, ToProcess } from './worker-process.ts'

/** A crew as a process of its own. Until it is ready it does nothing, and keeps nobody waiting. */
export function openProcessCrew(order: ProcessOrder): Crew {
  const child: ChildProcess = fork(new URL('worker-process.ts', import.meta.url))
  const send = (message: ToProcess) => void (child.connected && child.send(message))
  let isReady = false
  let diedAt: string | null = null
  let done: (() => void) | null = null
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.on('message', (message: FromProcess) => {
    if ('ready' in message) isReady = true
    if ('dies' in message) diedAt = message.dies
    if ('done' in message) done?.()
  })
  send({ begin: order })
  return {
    async work(now) {
      if (child.exitCode !== null || child.signalCode !== null) return diedAt ?? 'by itself'
      if (!isReady) return null
      const isDone = new Promise<null>((resolve) => {
        done = () => resolve(null)
      })
      send({ tick: now })
      return Promise.race([isDone, exited.then(() => diedAt ?? 'by itself')])
    },
    tell: (now) => send({ now }),
    async close() {
      send({ end: true })
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
      await exited
      clearTimeout(timer)
    },
  }
}

import type { ServerResponse } from 'node:http'

// Answers that do not arrive as they should. They are written past the framework, onto the bare response.

const DRIPS = 20

export class WireFaults {
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #hanging = new Set<ServerResponse>()

  /** Never answers; after so many seconds, or at the end, the connection is cut. */
  hang(response: ServerResponse, seconds: number): void {
    this.#hanging.add(response)
    this.#later(seconds * 1000, () => this.cut(response))
    response.once('close', () => this.#hanging.delete(response))
  }

  cut(response: ServerResponse): void {
    response.destroy()
  }

  /** Promises the whole text, sends half of it and cuts. */
  cutHalfway(response: ServerResponse, head: Head, text: string): void {
    writeHead(response, head, text)
    const bytes = Buffer.from(text)
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy())
  }

  drip(response: ServerResponse, head: Head, text: string, seconds: number): void {
    writeHead(response, head, text)
    const bytes = Buffer.from(text)
    const size = Math.max(1, Math.ceil(bytes.length / DRIPS))
    const send = (from: number): void => {
      if (response.destroyed) return
      if (from >= bytes.length) {
        response.end()
        return
      }
      response.write(bytes.subarray(from, from + size))
      this.#later((seconds * 1000) / DRIPS, () => send(from + size))
    }
    send(0)
  }

  /** Waits in real time. */
  pause(seconds: number): Promise<void> {
    return new Promise((resolve) => this.#later(seconds * 1000, resolve))
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    for (const response of this.#hanging) response.destroy()
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, ms)
    timer.unref()
    this.#timers.add(timer)
  }
}

export type Head = { readonly status: number; readonly headers: Readonly<Record<string, string>> }

function writeHead(response: ServerResponse, { status, headers }: Head, text: string): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) })
}

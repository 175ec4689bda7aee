import { useMemo, useSyncExternalStore } from 'react'
import { type Upload, upload } from '../../app/api.ts'
import type { Import } from '../../app/wire.ts'
import { nextPace, type Pace } from './upload-rate.ts'

// The files a person gave, one after the other to the hub. Kept outside the screens, so that a file goes on being sent
// while its giver already looks at another one.
//
//   waiting → sending → understanding → given      the hub has it; its import has a page of its own
//                                     → refused    the hub has it and finds no sales in it; it has a page, too
//                     → failed         the hub did not take it; may be sent again
//           → cancelled                by the person

export type GivenFile = {
  readonly id: number
  readonly tenantId: string
  readonly name: string
  readonly sizeBytes: number
  readonly siteId: string | undefined
  readonly state: 'waiting' | 'sending' | 'understanding' | 'given' | 'refused' | 'failed' | 'cancelled'
  readonly sentBytes: number
  readonly pace: Pace
  readonly importId: string | null
  readonly error: unknown
}

/** Where a file goes, and who hears that it has arrived. */
export type Receiver = {
  readonly tenantId: string
  pathFor(fileName: string, siteId: string | undefined): string
  arrived(run: Import): void
}

let files: readonly GivenFile[] = []
let nextId = 1
const contents = new Map<number, { readonly file: File; readonly receiver: Receiver }>()
const listeners = new Set<() => void>()
let running: { readonly id: number; readonly upload: Upload } | null = null

const UNDER_WAY: readonly GivenFile['state'][] = ['waiting', 'sending', 'understanding']

export function isUnderWay(file: GivenFile): boolean {
  return UNDER_WAY.includes(file.state)
}

export function giveFiles(given: readonly File[], siteId: string | undefined, receiver: Receiver): void {
  const added = given.map((file): GivenFile => {
    const id = nextId++
    contents.set(id, { file, receiver })
    return {
      id,
      tenantId: receiver.tenantId,
      name: file.name,
      sizeBytes: file.size,
      siteId,
      state: 'waiting',
      sentBytes: 0,
      pace: { atMs: 0, bytes: 0, bytesPerSecond: null },
      importId: null,
      error: null,
    }
  })
  change([...files, ...added])
  sendNext()
}

export function cancelFile(id: number): void {
  if (running?.id === id) running.upload.cancel()
  else update(id, { state: 'cancelled' })
}

export function sendAgain(id: number): void {
  update(id, { state: 'waiting', sentBytes: 0, error: null })
  sendNext()
}

/** Forgets what is no longer under way. */
export function clearQueue(tenantId: string): void {
  for (const file of files) if (file.tenantId === tenantId && !isUnderWay(file)) contents.delete(file.id)
  change(files.filter((file) => file.tenantId !== tenantId || isUnderWay(file)))
}

/** The person dealt with this import: it no longer waits for them. */
export function dealtWith(importId: string): void {
  if (files.some((file) => file.importId === importId)) change(files.filter((file) => file.importId !== importId))
}

/** The files given for one tenant, in the order they were given. */
export function useGivenFiles(tenantId: string): readonly GivenFile[] {
  const all = useSyncExternalStore(subscribe, () => files)
  return useMemo(() => all.filter((file) => file.tenantId === tenantId), [all, tenantId])
}

async function sendNext(): Promise<void> {
  if (running !== null) return
  const file = files.find((one) => one.state === 'waiting')
  const content = file === undefined ? undefined : contents.get(file.id)
  if (file === undefined || content === undefined) return
  const { receiver } = content
  update(file.id, { state: 'sending', sentBytes: 0, pace: { atMs: performance.now(), bytes: 0, bytesPerSecond: null } })
  const sending = upload(receiver.pathFor(file.name, file.siteId), content.file, receiver.tenantId, (share) =>
    progressed(file.id, share),
  )
  running = { id: file.id, upload: sending }
  try {
    const run = (await sending.done) as Import
    contents.delete(file.id)
    update(file.id, {
      state: run.state === 'failed' ? 'refused' : 'given',
      sentBytes: file.sizeBytes,
      importId: run.id,
    })
    receiver.arrived(run)
  } catch (error) {
    const cancelled = error instanceof DOMException && error.name === 'AbortError'
    update(file.id, cancelled ? { state: 'cancelled' } : { state: 'failed', error })
  } finally {
    running = null
  }
  sendNext()
}

function progressed(id: number, share: number): void {
  const file = files.find((one) => one.id === id)
  if (file === undefined) return
  const sentBytes = Math.min(file.sizeBytes, Math.round(file.sizeBytes * share))
  update(id, {
    state: share >= 1 ? 'understanding' : 'sending',
    sentBytes,
    pace: nextPace(file.pace, performance.now(), sentBytes),
  })
}

function update(id: number, news: Partial<GivenFile>): void {
  change(files.map((file) => (file.id === id ? { ...file, ...news } : file)))
}

function change(next: readonly GivenFile[]): void {
  files = next
  guardLeaving(files.some((file) => file.state === 'waiting' || file.state === 'sending'))
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Leaving the page would cut what is being sent, so the browser asks first. */
function guardLeaving(needed: boolean): void {
  if (needed) window.addEventListener('beforeunload', ask)
  else window.removeEventListener('beforeunload', ask)
}

function ask(event: BeforeUnloadEvent): void {
  event.preventDefault()
}

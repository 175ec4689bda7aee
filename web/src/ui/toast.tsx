import { CircleAlert, CircleCheck } from 'lucide-react'
import { type ReactNode, useSyncExternalStore } from 'react'
import { classes } from './classes.ts'

// One short sentence about what just happened, said to the eye and to a screen reader, gone by itself.

type Toast = { readonly id: number; readonly say: string; readonly tone: 'good' | 'bad' }
const SHOWN_MS = 6_000
let toasts: readonly Toast[] = []
let nextId = 1
const listeners = new Set<() => void>()

function change(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

export function toast(say: string, tone: 'good' | 'bad' = 'good'): void {
  const id = nextId++
  change([...toasts.slice(-2), { id, say, tone }])
  setTimeout(() => change(toasts.filter((one) => one.id !== id)), SHOWN_MS)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function Toasts(): ReactNode {
  const shown = useSyncExternalStore(subscribe, () => toasts)
  return (
    <output className="pointer-events-none fixed inset-x-4 bottom-20 z-50 flex flex-col items-center gap-2 lg:bottom-6">
      {shown.map((one) => (
        <span
          key={one.id}
          className={classes(
            'pointer-events-auto flex max-w-md items-center gap-2.5 rounded-md border border-line bg-raised px-4 py-2.5 text-sm shadow-raised animate-slide',
          )}
        >
          {one.tone === 'good' ? (
            <CircleCheck className="size-4 shrink-0 text-good" aria-hidden="true" />
          ) : (
            <CircleAlert className="size-4 shrink-0 text-bad" aria-hidden="true" />
          )}
          {one.say}
        </span>
      ))}
    </output>
  )
}

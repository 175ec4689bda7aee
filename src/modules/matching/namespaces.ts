import type { Id } from '#kernel/ids.ts'

// A match names a thing twice, each time within a namespace: whatever else shall be matched one day (a supplier's list,
// another system's articles) gets a namespace of its own and needs no other table.

export type Namespace = string & { readonly __brand: 'Namespace' }

/** What holds in every channel that says nothing else of the item. */
export const EVERY_CHANNEL = 'channel:*' as Namespace

/** A channel's item ids; null: those of every channel. */
export function channelNamespace(channel: string | null): Namespace {
  return channel === null ? EVERY_CHANNEL : (`channel:${channel}` as Namespace)
}

/** A connection's article ids. */
export function connectionNamespace(connectionId: Id): Namespace {
  return `connection:${connectionId}` as Namespace
}

/** The channel of a namespace of channels; null: every channel. */
export function channelOf(namespace: string): string | null {
  return namespace === EVERY_CHANNEL ? null : namespace.slice('channel:'.length)
}

import { texts } from './texts.ts'

/** Why a subscription stands as it does: our own words where the word is ours, else the provider's. */
export function webhookReason(reason: string): string {
  const { reasons, reason: says } = texts.connections.webhooks
  const known: Readonly<Record<string, string>> = reasons
  return Object.hasOwn(known, reason) ? (known[reason] ?? reason) : says(reason)
}

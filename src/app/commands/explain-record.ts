import { readFile } from 'node:fs/promises'
import type { CatalogArticle } from '#canon/catalog.ts'
import { checkIdentity, type IdentityCheck } from '#canon/money-identity.ts'
import type { Sale } from '#canon/sale.ts'
import { CONNECTORS } from '#connectors/registry.ts'
import { Fault } from '#kernel/fault.ts'
import { instantText } from '#kernel/instant.ts'
import { majorText } from '#kernel/money.ts'
import {
  type Drift,
  Garbled,
  type Live,
  type Reading,
  type ReadRefund,
  type SourceRecord,
  type WebhookReading,
} from '../../../connectors/contract.ts'
import { canonJson } from './canon-json.ts'

// `tillwire explain SYSTEM KIND FILE.json`: what a provider's own words become, and whether the money adds up. It asks
// nobody, needs no database and stores nothing.

export type ExplainRecordOptions = {
  /** ISO 3166-1 alpha-2 of the place, where taxes are read by it. */
  readonly country?: string
  readonly json: boolean
}

type Explained = {
  readonly webhook: Omit<WebhookReading, 'records'> | null
  readonly records: readonly SourceRecord[]
  readonly subjects: readonly { readonly subject: string; readonly reading: Reading }[]
}

/** Throws `command.file`, `explain.system`, `explain.kind`, `explain.garbled`. */
export async function explainRecord(
  system: string,
  kind: string,
  file: string,
  options: ExplainRecordOptions,
): Promise<void> {
  const explained = explain(liveNamed(system), system, kind, await readText(file), options.country ?? null)
  if (options.json) console.log(JSON.stringify(jsonOf(explained)))
  else say(explained)
}

function liveNamed(system: string): Live {
  const live = CONNECTORS.find(({ id }) => id === system)?.live
  if (live !== undefined) return live
  const known = CONNECTORS.flatMap((one) => (one.live === undefined ? [] : [one.id]))
  throw new Fault('invalid', 'explain.system', {
    say: `No connector reads "${system.slice(0, 40)}". There is one for: ${known.join(', ')}.`,
  })
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Fault('invalid', 'command.file', { say: `${file} cannot be read (${cause.code}).`, cause })
  })
}

function explain(live: Live, system: string, kind: string, text: string, country: string | null): Explained {
  const { reader, webhooks } = live
  try {
    if (kind === 'webhook' && webhooks !== undefined) {
      const { records, ...webhook } = webhooks.read(Buffer.from(text, 'utf8'))
      return { webhook, records, subjects: readAll(live, records, country) }
    }
    if (reader.kinds.includes(kind)) {
      const records = reader.recordsOf(kind, JSON.parse(text))
      return { webhook: null, records, subjects: readAll(live, records, country) }
    }
  } catch (cause) {
    if (!(cause instanceof Garbled) && !(cause instanceof SyntaxError)) throw cause
    throw new Fault('invalid', 'explain.garbled', {
      // What JSON.parse says quotes the file, and the file may hold anybody's name.
      say: `The file is no ${kind} as ${system} writes it: ${cause instanceof Garbled ? cause.message : 'it is no JSON'}. Save the provider’s answer as it came.`,
      cause,
    })
  }
  const kinds = [...reader.kinds, ...(webhooks === undefined ? [] : ['webhook'])]
  throw new Fault('invalid', 'explain.kind', {
    say: `"${kind.slice(0, 40)}" is nothing that is read of ${system}. Say one of: ${kinds.join(', ')}.`,
  })
}

function readAll({ reader }: Live, records: readonly SourceRecord[], country: string | null) {
  const articles = new Map<string, CatalogArticle>(
    reader.readArticles(records, records).map((one) => [one.externalId, one]),
  )
  const lookup = { article: (id: string) => articles.get(id) ?? null, country: () => country }
  const subjects = [...new Set(records.flatMap((one) => one.subjects))].sort()
  return subjects.map((subject) => {
    const own = records.filter((one) => one.subjects.includes(subject))
    return { subject, reading: reader.read(subject, own, records, lookup) }
  })
}

function jsonOf({ webhook, records, subjects }: Explained) {
  return {
    webhook: webhook && {
      event_id: webhook.eventId,
      type: webhook.type,
      account: webhook.account,
      occurred_at: webhook.occurredAt === null ? null : instantText(webhook.occurredAt),
      fetch: webhook.fetch,
      signal: webhook.signal,
      ignored: webhook.ignored,
    },
    records: records.map(({ kind, id, version, subjects }) => ({
      kind,
      id,
      version: version.version === null ? null : String(version.version),
      updated_at: version.updatedAt === null ? null : instantText(version.updatedAt),
      subjects,
    })),
    subjects: subjects.map(({ subject, reading }) => ({
      subject,
      sales: reading.sales.map((sale) => {
        const { verdict: identity, difference, reasons } = checkIdentity(sale)
        const judged = { ...sale, identity, difference, identityReasons: reasons }
        return canonJson(judged, sale.currency)
      }),
      refunds: reading.refunds.map((one) => canonJson(one, one.currency)),
      settling: reading.settling,
      needs: reading.needs,
      drift: reading.drift,
    })),
  }
}

function say({ webhook, records, subjects }: Explained): void {
  if (webhook !== null) {
    console.log(`Event ${webhook.type}, id ${webhook.eventId ?? 'none'}, account ${webhook.account ?? 'none'}`)
    if (webhook.ignored !== null) console.log(`  Nothing in it is of interest: ${webhook.ignored}`)
    for (const { kind, id } of webhook.fetch) console.log(`  To be fetched: ${kind} ${id}`)
  }
  for (const { kind, id } of records) console.log(`Record ${kind} ${id}`)
  for (const { subject, reading } of subjects) {
    console.log(`\n${subject}`)
    for (const sale of reading.sales) saySale(sale)
    for (const one of reading.refunds) sayRefund(one)
    if (reading.settling !== null) console.log(`  Not final yet: ${reading.settling.reason}`)
    for (const { kind, id } of reading.needs) console.log(`  Needs ${kind} ${id} beside it`)
    for (const one of reading.drift) console.log(`  ${driftText(one)}`)
    if (reading.sales.length + reading.refunds.length === 0) console.log('  No sale and no refund yet.')
  }
}

function saySale(sale: Sale): void {
  const money = (amount: bigint | null) => (amount === null ? 'not stated' : `${majorText(amount, sale.currency)}`)
  const at = sale.closedAt ?? sale.openedAt
  console.log(`  Sale ${sale.externalId}, ${sale.status}, ${instantText(at)}, ${sale.currency}`)
  for (const item of sale.items) {
    const name = [item.article.name ?? 'unnamed item', item.article.variant].filter((one) => one !== null).join(', ')
    const sku = item.article.sku === null ? '' : ` [${item.article.sku}]`
    console.log(
      `    ${item.quantity} × ${name}${sku}  ${money(item.gross)}${item.kind === 'gift_card' ? ' (gift card)' : ''}`,
    )
  }
  const parts = [
    ['gross', sale.gross],
    ['− discount', sale.discount],
    ['+ tax added', sale.taxAdded],
    ['+ service charge', sale.serviceCharge],
    ['+ tip', sale.tip],
    ['+ rounding', sale.rounding],
    ['+ gift cards sold', sale.deferred],
    ['= total', sale.total],
    ['(tax inside)', sale.taxIncluded],
  ] as const
  for (const [name, amount] of parts) console.log(`    ${name.padEnd(18)} ${money(amount).padStart(12)}`)
  for (const { tender, brand, last4, amount, fee } of sale.payments) {
    const card = [brand, last4].filter((one) => one !== null).join(' ')
    const cost = fee === null ? '' : `, fee ${money(fee)}`
    console.log(`    paid ${money(amount)} by ${tender}${card === '' ? '' : ` (${card})`}${cost}`)
  }
  sayIdentity(checkIdentity(sale), money)
}

function sayIdentity({ verdict, difference, reasons }: IdentityCheck, money: (amount: bigint | null) => string): void {
  const by = difference === null || difference === 0n ? '' : ` by ${money(difference)}`
  console.log(`    Money identity: ${verdict}${by}`)
  for (const reason of reasons) console.log(`      ${reason}`)
}

function sayRefund({ refund, saleExternalId, currency }: ReadRefund): void {
  const of = saleExternalId === null ? 'without its sale' : `of sale ${saleExternalId}`
  console.log(
    `  Refund ${refund.externalId} ${of}: ${majorText(refund.amount, currency)} ${currency} by ${refund.tender}, ${instantText(refund.refundedAt)}`,
  )
  for (const item of refund.items) console.log(`    ${item.quantity} × ${item.article.name ?? 'unnamed item'}`)
}

function driftText({ what, path, value }: Drift): string {
  if (what === 'unknown_field') return `Unknown field ${path}`
  if (what === 'unknown_value') return `Unknown word at ${path}${value === null ? '' : `: ${value}`}`
  return `Another type than it should be: ${path}`
}

import type { Machine } from '#tests/harness/process.ts'

type Tables = Pick<Machine, 'query'>

// The hub's books in the simulator's words, counted from the bare tables, and twice: from the facts and from the roll-ups.

export type BookLine = {
  readonly currency: string
  readonly count: number
  readonly total: number
  readonly gross: number
  readonly discount: number
  readonly tax_added: number
  readonly tax_included: number
  readonly tip: number
  readonly service: number
  readonly rounding: number
  readonly deferred: number
  readonly refunds: { readonly count: number; readonly amount: number; readonly tax: number; readonly tip: number }
  readonly by_tender: Readonly<Record<string, { payments: number; amount: number; refunded: number }>>
}
export type Books = readonly BookLine[]

export async function hubBooks(tables: Tables): Promise<Books> {
  const sales = await tables.query<Record<string, string>>(`
    select currency, count(*) as count, sum(total) as total, sum(gross) as gross, sum(discount) as discount,
      sum(tax_added) as tax_added, sum(tax_included) as tax_included, sum(tip) as tip, sum(service_charge) as service,
      sum(rounding) as rounding, sum(deferred) as deferred
    from pos.transactions where status = 'closed' and pos_system = 'square' group by currency order by currency`)
  const refunds = await tables.query<Record<string, string>>(`
    select currency, count(*) as count, sum(amount) as amount, sum(tax) as tax, sum(tip) as tip
    from pos.refunds where pos_system = 'square' group by currency`)
  const paid = await tables.query<Record<string, string>>(`
    select t.currency, p.tender, count(*) as payments, sum(p.amount) as amount
    from pos.transaction_payments p join pos.transactions t
      on t.tenant_id = p.tenant_id and t.id = p.sale_id and t.filed_on = p.filed_on
    where t.status = 'closed' and t.pos_system = 'square' group by 1, 2`)
  const returned = await tables.query<Record<string, string>>(`
    select currency, tender, sum(amount) as refunded from pos.refunds where pos_system = 'square' group by 1, 2`)
  const number = (row: Record<string, string> | undefined, name: string) => Number(row?.[name] ?? 0)
  return sales.map((sale) => {
    const currency = sale.currency ?? ''
    const own = refunds.find((one) => one.currency === currency)
    const tenders: Record<string, { payments: number; amount: number; refunded: number }> = {}
    const tender = (name: string) => (tenders[name] ??= { payments: 0, amount: 0, refunded: 0 })
    // Vouchers are told apart here and not there: what was taken outside the provider is all one to it.
    const tenderOf = (row: Record<string, string>) => tender(row.tender === 'voucher' ? 'other' : (row.tender ?? ''))
    for (const row of paid.filter((one) => one.currency === currency)) {
      tenderOf(row).payments += number(row, 'payments')
      tenderOf(row).amount += number(row, 'amount')
    }
    for (const row of returned.filter((one) => one.currency === currency)) {
      tenderOf(row).refunded += number(row, 'refunded')
    }
    const sums = [
      'count',
      'total',
      'gross',
      'discount',
      'tax_added',
      'tax_included',
      'tip',
      'service',
      'rounding',
      'deferred',
    ]
    return {
      currency,
      ...Object.fromEntries(sums.map((name) => [name, number(sale, name)])),
      refunds: {
        count: number(own, 'count'),
        amount: number(own, 'amount'),
        tax: number(own, 'tax'),
        tip: number(own, 'tip'),
      },
      by_tender: tenders,
    } as BookLine
  })
}

/** Every figure in which the two differ, as `path: provider ≠ hub`. Tenders without any money are passed over. */
export function differences(provider: Books, hub: Books): string[] {
  const flat = (books: Books) => new Map(books.flatMap((line) => flatten(line.currency, line)))
  const [theirs, ours] = [flat(provider), flat(hub)]
  return [...new Set([...theirs.keys(), ...ours.keys()])]
    .filter((path) => (theirs.get(path) ?? 0) !== (ours.get(path) ?? 0))
    .map((path) => `${path}: ${theirs.get(path) ?? 0} ≠ ${ours.get(path) ?? 0}`)
}

function flatten(path: string, value: unknown): [string, number][] {
  if (typeof value === 'number') return [[path, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, one]) => flatten(`${path}.${name}`, one))
}

/** What must hold of the hub's tables whatever happened; a sentence for each that does not. */
export async function brokenInvariants(tables: Tables): Promise<string[]> {
  const checks: Readonly<Record<string, string>> = {
    'a sale stands twice': `select 1 from pos.transactions group by tenant_id, connection_id, external_id having count(*) > 1`,
    'a refund stands twice': `select 1 from pos.refunds group by tenant_id, connection_id, external_id having count(*) > 1`,
    'a sale has no key': `select 1 from pos.transactions t left join pos.sale_keys k on k.tenant_id = t.tenant_id and k.sale_id = t.id where k.sale_id is null`,
    'a day’s roll-up differs from its sales': `
      select 1 from (select tenant_id, business_date, site_id, connection_id, currency, count(*) as sales, sum(total) as total
        from pos.transactions where status = 'closed' group by 1, 2, 3, 4, 5) facts
      full join pos.daily_sales d using (tenant_id, business_date, site_id, connection_id, currency)
      where coalesce(facts.sales, 0) <> coalesce(d.sales, 0) or coalesce(facts.total, 0) <> coalesce(d.total, 0)`,
    'a roll-up of refunds differs': `
      select 1 from (select tenant_id, business_date, site_id, connection_id, currency, count(*) as refunds, sum(amount) as refunded
        from pos.refunds group by 1, 2, 3, 4, 5) facts
      full join pos.daily_sales d using (tenant_id, business_date, site_id, connection_id, currency)
      where coalesce(facts.refunds, 0) <> coalesce(d.refunds, 0) or coalesce(facts.refunded, 0) <> coalesce(d.refunded, 0)`,
    'a delivery was taken twice under one id': `select 1 from pos.webhook_logs where event_id is not null group by tenant_id, connection_id, event_id having count(*) > 1`,
    'the outbox has a gap': `select 1 from (select tenant_id, seq, lag(seq) over (partition by tenant_id order by seq) as before from hub.outbox) o where before is not null and seq <> before + 1`,
  }
  const broken: string[] = []
  for (const [say, text] of Object.entries(checks)) {
    if ((await tables.query(`${text} limit 1`)).length > 0) broken.push(say)
  }
  return broken
}

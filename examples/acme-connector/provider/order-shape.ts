/** An order that was put in, as Acme keeps it. Amounts are whole minor units. */
export type AcmeOrder = {
  readonly id: string
  readonly reference: string
  readonly place: string
  readonly currency: string
  readonly kind: string
  readonly table: string | null
  readonly guest: Readonly<Record<string, unknown>> | null
  readonly lines: readonly OrderLine[]
  readonly off: number
  readonly taxes: readonly { name: string; rate: string | null; amount: number; inside: boolean }[]
  readonly service: number
  readonly tip: number
  readonly total: number
  readonly paid: boolean
  promised: string | null
  note: string | null
  state: 'DRAFT' | 'SENT' | 'ACCEPTED' | 'READY' | 'DONE' | 'CANCELLED'
  readonly created: string
  changed: string
  rev: number
}

export type OrderLine = {
  readonly article: string | null
  readonly name: string
  readonly qty: string
  readonly price: number
  readonly options: readonly { readonly option: string | null; readonly name: string; readonly price: number }[]
  readonly off: number
  readonly note: string | null
}

import type { JsonObject } from './answer.ts'
import type { Call } from './endpoint.ts'
import { checkDetails, checkLengths, detailsKeyOf, FULFILLMENT_STATES } from './fulfilments.ts'
import { mixedId } from './ids.ts'
import { moneyAmounts } from './money.ts'
import { checkLocation } from './order-endpoints.ts'
import { type LineDraft, type PricedModifier, priceOrder, type ServiceDraft, type TaxDraft } from './pricing.ts'
import type { CatalogueEntry } from './reads/catalogue.ts'
import { flagOf, integerOf, memberOf, neededText, objectOf, objectsOf, textOf } from './reads/request.ts'
import { invalid, notFound } from './refusal.ts'
import { some } from './sale-order.ts'
import { rfc3339 } from './sale-payments.ts'
import type { Fulfillment, Order, OrderDiscount } from './wire.ts'

// An order as somebody else's shop sends it: read, looked up in the catalogue, priced. Whatever Square would refuse for
// its form is refused here.

const LENGTHS_MAX = { reference_id: 40, ticket_name: 30, customer_id: 191 } as const

type Catalogue = ReadonlyMap<string, CatalogueEntry>
/** What things cost, and in what. */
type PriceList = { readonly catalogue: Catalogue; readonly currency: string }

const SCOPES = ['LINE_ITEM', 'ORDER'] as const
const DISCOUNT_TYPES = ['FIXED_PERCENTAGE', 'FIXED_AMOUNT', 'VARIABLE_PERCENTAGE', 'VARIABLE_AMOUNT'] as const
const PHASES = ['SUBTOTAL_PHASE', 'TOTAL_PHASE', 'APPORTIONED_PERCENTAGE_PHASE', 'APPORTIONED_AMOUNT_PHASE'] as const

/** The order as it would stand, with that id, made now; nothing is kept. */
export function orderFromRequest(call: Call, body: JsonObject, id: string): Order {
  const { seller, now } = call
  const locationId = neededText(body, 'location_id')
  checkLocation(seller, locationId, 'order.location_id')
  checkLengths(body, LENGTHS_MAX, 'order')
  const catalogue = seller.reads.catalogue.entriesAt(now)
  const autoTaxes = flagOf(objectOf(body, 'pricing_options') ?? {}, 'auto_apply_taxes')
  const currency = seller.findLocation(locationId)?.currency ?? seller.currency
  const shelf = { catalogue, currency }
  const lines = objectsOf(body, 'line_items').map((line, at) => lineDraftOf(shelf, line, `${id}-${at}`, autoTaxes))
  const taxes = [...taxDraftsOf(body), ...(autoTaxes ? catalogueTaxes(catalogue, lines) : [])]
  const { amounts, ...priced } = priceOrder({
    currency,
    taxLeftOut: seller.taxLeftOut,
    lines,
    taxes,
    discounts: discountDraftsOf(body, currency),
    services: serviceDraftsOf(body, currency),
  })
  const money = (amount: number) => ({ amount, currency })
  const stamp = rfc3339(now)
  return {
    id,
    location_id: locationId,
    ...optionalTexts(body, ['reference_id', 'customer_id', 'ticket_name']),
    source: { name: textOf(objectOf(body, 'source') ?? {}, 'name') ?? call.square.application.name },
    ...priced,
    ...some('fulfillments', fulfillmentsOf(body, id, stamp)),
    ...(objectOf(body, 'metadata') && { metadata: objectOf(body, 'metadata') as Record<string, string> }),
    net_amounts: moneyAmounts(amounts, currency),
    created_at: stamp,
    updated_at: stamp,
    state: 'OPEN',
    version: 1,
    total_money: money(amounts.total),
    total_tax_money: money(amounts.tax),
    total_discount_money: money(amounts.discount),
    total_tip_money: money(0),
    total_service_charge_money: money(amounts.serviceCharge),
    net_amount_due_money: money(amounts.total),
  }
}

function lineDraftOf(
  { catalogue, currency }: PriceList,
  line: JsonObject,
  seed: string,
  autoTaxes: boolean,
): LineDraft {
  const quantity = neededText(line, 'quantity')
  if (!/^\d{1,7}(\.\d{1,5})?$/.test(quantity) || Number(quantity) === 0) {
    throw invalid('INVALID_VALUE', `"${quantity}" is not a quantity.`, 'order.line_items.quantity')
  }
  const objectId = textOf(line, 'catalog_object_id')
  const variation = objectId === undefined ? null : variationOf(catalogue, objectId)
  const item = variation === null ? null : (catalogue.get(variation.parentId ?? '') ?? null)
  const price = amountIn(line, 'base_price_money', currency) ?? variationPrice(variation)
  const name = textOf(line, 'name') ?? (item === null ? undefined : String(item.data.name))
  if (name === undefined) throw missing('order.line_items.name')
  if (price === null) throw missing('order.line_items.base_price_money')
  const taxUids = objectsOf(line, 'applied_taxes').map((tax) => neededText(tax, 'tax_uid'))
  const ownTaxes = autoTaxes && item !== null ? ((item.data.tax_ids ?? []) as readonly string[]) : []
  return {
    uid: textOf(line, 'uid') ?? mixedId(22, 'pushed line', seed),
    name,
    ...(variation !== null && {
      catalogObjectId: variation.id,
      variationName: String(variation.data.name ?? 'Regular'),
    }),
    quantity,
    itemType: 'ITEM',
    ...(textOf(line, 'note') !== undefined && { note: textOf(line, 'note') ?? '' }),
    price,
    modifiers: objectsOf(line, 'modifiers').map((each, at) =>
      modifierOf({ catalogue, currency }, each, `${seed}-${at}`),
    ),
    taxUids: [...taxUids, ...ownTaxes],
    discountUids: objectsOf(line, 'applied_discounts').map((discount) => neededText(discount, 'discount_uid')),
  }
}

function variationOf(catalogue: Catalogue, id: string): CatalogueEntry {
  const found = catalogue.get(id)
  if (found === undefined || found.deleted || found.type !== 'ITEM_VARIATION') {
    throw notFound(`Item variation with catalog object ID \`${id}\` not found.`)
  }
  return found
}

function variationPrice(variation: CatalogueEntry | null): number | null {
  const price = variation?.data.price_money as { readonly amount?: number } | undefined
  return price?.amount ?? null
}

function modifierOf({ catalogue, currency }: PriceList, modifier: JsonObject, seed: string): PricedModifier {
  const objectId = textOf(modifier, 'catalog_object_id')
  const found = objectId === undefined ? undefined : catalogue.get(objectId)
  if (objectId !== undefined && (found === undefined || found.deleted || found.type !== 'MODIFIER')) {
    throw notFound(`Modifier with catalog object ID \`${objectId}\` not found.`)
  }
  const name = textOf(modifier, 'name') ?? (found === undefined ? undefined : String(found.data.name))
  if (name === undefined) throw missing('order.line_items.modifiers.name')
  const listed = found?.data.price_money as { readonly amount?: number } | undefined
  return {
    uid: textOf(modifier, 'uid') ?? mixedId(22, 'pushed modifier', seed),
    ...(found !== undefined && { catalogObjectId: found.id }),
    name,
    quantity: textOf(modifier, 'quantity') ?? '1',
    price: amountIn(modifier, 'base_price_money', currency) ?? listed?.amount ?? 0,
  }
}

/** An amount of money, which must be in the currency of the location; null where it is left out. */
function amountIn(from: JsonObject, field: string, currency: string): number | null {
  const money = objectOf(from, field)
  if (money === undefined) return null
  if (neededText(money, 'currency') !== currency) {
    throw invalid('INVALID_VALUE', `The currency of this location is ${currency}.`, `${field}.currency`)
  }
  return integerOf(money, 'amount') ?? 0
}

function taxDraftsOf(body: JsonObject): TaxDraft[] {
  return objectsOf(body, 'taxes').map((tax, at) => ({
    uid: textOf(tax, 'uid') ?? `tax-${at}`,
    name: textOf(tax, 'name') ?? 'Tax',
    type: memberOf(tax, 'type', ['ADDITIVE', 'INCLUSIVE']) ?? 'ADDITIVE',
    percentage: percentageOf(tax) ?? '0',
    scope: memberOf(tax, 'scope', SCOPES) ?? 'ORDER',
  }))
}

/** The taxes that the catalogue puts on those lines, under their catalogue ids. */
function catalogueTaxes(catalogue: Catalogue, lines: readonly LineDraft[]): TaxDraft[] {
  const ids = new Set(lines.flatMap(({ taxUids }) => taxUids))
  return [...ids].flatMap((id) => {
    const tax = catalogue.get(id)
    if (tax?.type !== 'TAX' || tax.deleted) return []
    const { name, percentage, inclusion_type: type } = tax.data
    return [
      {
        uid: id,
        catalog_object_id: id,
        name: String(name),
        type: type === 'INCLUSIVE' ? 'INCLUSIVE' : 'ADDITIVE',
        percentage: String(percentage),
        scope: 'LINE_ITEM',
      } as const,
    ]
  })
}

function discountDraftsOf(body: JsonObject, currency: string): Omit<OrderDiscount, 'applied_money'>[] {
  return objectsOf(body, 'discounts').map((discount, at) => {
    memberOf(discount, 'type', DISCOUNT_TYPES)
    const amount = amountIn(discount, 'amount_money', currency)
    const percentage = percentageOf(discount)
    if (amount === null && percentage === undefined) throw missing('order.discounts.amount_money')
    return {
      uid: textOf(discount, 'uid') ?? `discount-${at}`,
      name: textOf(discount, 'name') ?? 'Discount',
      type: percentage === undefined ? 'FIXED_AMOUNT' : 'FIXED_PERCENTAGE',
      ...(percentage !== undefined && { percentage }),
      ...(amount !== null && { amount_money: { amount, currency } }),
      scope: memberOf(discount, 'scope', SCOPES) ?? 'ORDER',
    }
  })
}

function serviceDraftsOf(body: JsonObject, currency: string): ServiceDraft[] {
  return objectsOf(body, 'service_charges').map((charge, at) => {
    memberOf(charge, 'calculation_phase', PHASES)
    const amount = amountIn(charge, 'amount_money', currency)
    const percentage = percentageOf(charge)
    return {
      uid: textOf(charge, 'uid') ?? `service-${at}`,
      name: neededText(charge, 'name'),
      ...(percentage !== undefined && { percentage }),
      ...(amount !== null && { amount }),
    }
  })
}

function percentageOf(from: JsonObject): string | undefined {
  const text = textOf(from, 'percentage')
  if (text !== undefined && !/^\d{1,3}(\.\d{1,5})?$/.test(text)) {
    throw invalid('INVALID_VALUE', `"${text}" is not a percentage.`, 'percentage')
  }
  return text
}

const FULFILLMENT_TYPES = ['PICKUP', 'DELIVERY', 'SHIPMENT', 'IN_STORE']

function fulfillmentsOf(body: JsonObject, id: string, stamp: string): Fulfillment[] {
  const asked = objectsOf(body, 'fulfillments')
  if (asked.length > 1) throw invalid('BAD_REQUEST', 'An order has at most one fulfillment.', 'order.fulfillments')
  return asked.map((each) => {
    const type = neededText(each, 'type')
    if (!FULFILLMENT_TYPES.includes(type)) {
      throw invalid('INVALID_ENUM_VALUE', `\`${type}\` is not a fulfillment type.`, 'order.fulfillments.type')
    }
    const key = detailsKeyOf(type)
    const details = objectOf(each, key) ?? {}
    checkDetails(details, type)
    return {
      uid: textOf(each, 'uid') ?? mixedId(22, 'pushed fulfillment', id),
      type,
      state: memberOf(each, 'state', FULFILLMENT_STATES) ?? 'PROPOSED',
      [key]: { ...details, placed_at: stamp },
    }
  })
}

function optionalTexts(body: JsonObject, fields: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const text = textOf(body, field)
      return text === undefined ? [] : [[field, text]]
    }),
  )
}

function missing(field: string) {
  return invalid('MISSING_REQUIRED_PARAMETER', `Missing required parameter ${field}.`, field)
}

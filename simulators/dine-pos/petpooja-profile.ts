import { DAY_MS, dateOf, dayNumber, instantOf, offsetMsAt } from '../trade/calendar.ts'
import { type Answer, type JsonObject, ok, PosRefusal, type RefusalCode } from './answer.ts'
import { cancelled, fromBody } from './default-profile.ts'
import type { DinePos } from './dine-pos.ts'
import { pushOrder } from './intake.ts'
import { amountText, minorOf, thousandthsOf, times } from './money.ts'
import type { OrderDraft, OrderKind, OrderLine, OrderStatus, OrderSums, Telling } from './order.ts'
import type { Call, Presented, Profile } from './profile.ts'
import { invalid, listIn, neededText, objectIn, textIn } from './reading.ts'

// Petpooja's Online Ordering API 2.1.0: menus with the credentials in headers, orders with the credentials in the body,
// no key, times on the restaurant's wall clock without a zone, unsigned callbacks with numbers for states.

export const petpoojaProfile: Profile = {
  name: 'petpooja',
  endpoints: [
    { method: 'POST', path: '/mapped_restaurant_menus', name: 'menu.get', credentials: fromHeaders, answer: menu },
    { method: 'POST', path: '/save_order', name: 'orders.push', credentials: fromBody, answer: push },
    { method: 'POST', path: '/update_order_status', name: 'orders.cancel', credentials: fromBody, answer: cancel },
  ],
  refused,
  callback,
  signs: false,
  callbackWaitsMs: [],
}

function fromHeaders({ headers }: Call): Presented {
  const { 'app-key': appKey = '', 'app-secret': appSecret = '', 'access-token': accessToken = '' } = headers
  return { appKey, appSecret, accessToken }
}

/** Only the form of these codes is public; which number means what is chosen here. */
const CODES: Readonly<Record<RefusalCode, string>> = {
  unauthorized: 'UOS_101',
  'token-expired': 'UOS_101',
  'restaurant-unknown': 'UOS_102',
  validation: 'UOS_103',
  'item-unknown': 'UOS_104',
  'item-out-of-stock': 'UOS_104',
  'not-saved': 'UOS_105',
  'total-mismatch': 'UOS_105',
  'key-reused': 'UOS_106',
  'restaurant-closed': 'UOS_107',
  'order-unknown': 'UOS_108',
  'cannot-cancel': 'UOS_109',
}

/** Always with status 200. */
function refused({ code, message, fields }: PosRefusal): Answer {
  return ok({ success: '0', message, errorCode: CODES[code], validation_errors: fields })
}

// ── Orders ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function push(call: Call): Answer {
  const { restaurantId: restID } = call.pos
  return pushOrder(call, draftOf(call), null, {
    saved: ({ clientId, posId }) => ({
      success: '1',
      message: 'Your order is saved.',
      restID,
      clientOrderID: clientId,
      orderID: posId,
    }),
    duplicate: ({ clientId, posId }) => ({
      success: '0',
      message: 'Order already exists.',
      errorCode: CODES['key-reused'],
      validation_errors: {},
      restID,
      clientOrderID: clientId,
      orderID: posId,
    }),
  })
}

const KINDS: Readonly<Record<string, OrderKind>> = { H: 'delivery', P: 'pickup', D: 'dine_in' }

function draftOf({ body, pos }: Call): OrderDraft {
  const info = objectIn(objectIn(body, 'orderinfo'), 'OrderInfo')
  const order = objectIn(objectIn(info, 'Order'), 'details')
  const items = listIn(objectIn(info, 'OrderItem'), 'details')
  neededText(body, 'device_type', 'device_type')
  for (const field of NEEDED) neededText(order, field, field)
  wallClock(neededText(order, 'created_on', 'created_on'), 'created_on', pos)
  const kind = KINDS[textIn(order, 'order_type')]
  if (kind === undefined) throw invalid('order_type', 'must be H, P or D')
  const promised = `${textIn(order, 'preorder_date')} ${textIn(order, 'preorder_time')}`
  const callbackUrl = textIn(order, 'callback_url')
  const method = textIn(order, 'payment_type')
  return {
    clientId: textIn(order, 'orderID'),
    restaurantId: textIn(objectIn(objectIn(info, 'Restaurant'), 'details'), 'restID'),
    kind,
    scheduledFor: textIn(order, 'advanced_order') === 'Y' ? wallClock(promised, 'preorder_date', pos) : null,
    lines: items.map(lineOf),
    sums: sumsOf(order, items, pos.exponent),
    payment: {
      prepaid: method !== 'COD',
      method: method.toLowerCase(),
      amount: amountIn(order, 'total', pos.exponent),
    },
    callbackUrl: callbackUrl === '' ? null : callbackUrl,
  }
}

const NEEDED = [
  'orderID',
  'preorder_date',
  'preorder_time',
  'order_type',
  'payment_type',
  'created_on',
  'service_charge',
  'sc_tax_amount',
  'dc_tax_amount',
  'pc_tax_amount',
  'total',
]

/** `YYYY-MM-DD HH:MM:SS` as the restaurant's clock shows it. */
function wallClock(text: string, path: string, { shop }: DinePos): number {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text)
  if (match === null) throw invalid(path, 'must be YYYY-MM-DD HH:MM:SS')
  const [, date = '', hours, minutes, seconds] = match
  const hour = Number(hours) + Number(minutes) / 60 + Number(seconds) / 3600
  return instantOf(dayNumber(date), hour, shop.timeZone)
}

function lineOf(item: JsonObject, at: number): OrderLine {
  const path = `OrderItem.${at}`
  const quantity = neededText(item, 'quantity', `${path}.quantity`)
  if (thousandthsOf(quantity) === null) throw invalid(`${path}.quantity`, 'must be a positive number')
  return {
    id: textIn(item, 'id'),
    variationId: textIn(item, 'variation_id'),
    name: neededText(item, 'name', `${path}.name`),
    quantity,
    note: textIn(item, 'description'),
    addons: listIn(objectIn(item, 'AddonItem'), 'details').map((addon) => ({
      id: textIn(addon, 'id'),
      name: textIn(addon, 'name'),
      quantity: textIn(addon, 'quantity') || '1',
    })),
  }
}

/** As they are said: the papers' own sample does not add up to its total, so nothing is checked against it. */
function sumsOf(order: JsonObject, items: readonly JsonObject[], exponent: number): OrderSums {
  const amount = (field: string) => amountIn(order, field, exponent)
  const gross = items.reduce((sum, item) => {
    const addons = listIn(objectIn(item, 'AddonItem'), 'details').reduce(
      (whole, addon) =>
        whole + times(amountIn(addon, 'price', exponent), thousandthsOf(textIn(addon, 'quantity')) ?? 1000),
      0,
    )
    return sum + times(amountIn(item, 'price', exponent), thousandthsOf(textIn(item, 'quantity')) ?? 0) + addons
  }, 0)
  return {
    gross,
    discount: amount('discount_total'),
    tax: amount('tax_total'),
    service: amount('service_charge'),
    delivery: amount('delivery_charges'),
    packing: amount('packing_charges'),
    tip: 0,
    total: amount('total'),
  }
}

function amountIn(from: JsonObject, field: string, exponent: number): number {
  const amount = minorOf(textIn(from, field), exponent)
  if (amount === null || amount < 0) throw invalid(field, 'must be an amount such as "126.00"')
  return amount
}

/** The caller can do nothing else to an order than call it off. */
function cancel({ pos, body }: Call): Answer {
  const restID = textIn(body, 'restID')
  if (restID !== pos.restaurantId) throw new PosRefusal('restaurant-unknown', `There is no restaurant ${restID}.`)
  if (textIn(body, 'status') !== '-1') throw invalid('status', 'must be -1')
  const order = cancelled(pos, textIn(body, 'clientorderID'), textIn(body, 'cancelReason'))
  const { clientId: clientOrderID, posId: orderID } = order
  return ok({ success: '1', message: 'Order status updated successfully.', restID, clientOrderID, orderID })
}

// ── Menu and callbacks ──────────────────────────────────────────────────────────────────────────────────────────────

const IN_STOCK = '2'
const SOLD_OUT = '1'

function menu({ pos, body, now }: Call): Answer {
  const restID = textIn(body, 'restID')
  if (restID !== pos.restaurantId) throw new PosRefusal('restaurant-unknown', `There is no restaurant ${restID}.`)
  const { categories, items, groups, taxes } = pos.menu.cardAt(now)
  const price = (minor: number) => amountText(minor, pos.exponent)
  const sizes = new Map(items.flatMap(({ variations }) => variations.map((each) => [each.variationId, each.name])))
  return ok({
    success: '1',
    restaurants: [{ restaurantid: restID, active: pos.open ? '1' : '0', details: detailsOf(pos) }],
    ordertypes: [
      { ordertypeid: 1, ordertype: 'Delivery' },
      { ordertypeid: 2, ordertype: 'PickUp' },
      { ordertypeid: 3, ordertype: 'DineIn' },
    ],
    categories: categories.map(({ id, name }, at) => ({
      categoryid: id,
      active: '1',
      categoryrank: String(at + 1),
      parent_category_id: '0',
      categoryname: name,
    })),
    parentcategories: [],
    items: items.map((item, at) => ({
      itemid: item.id,
      itemallowvariation: item.variations.length > 0 ? '1' : '0',
      itemrank: String(at + 1),
      item_categoryid: item.categoryId,
      item_ordertype: '1,2,3',
      itemallowaddon: item.addonGroups.length > 0 ? '1' : '0',
      itemaddonbasedon: '0',
      in_stock: item.inStock ? IN_STOCK : SOLD_OUT,
      variation: item.variations.map((each, rank) => ({
        id: each.id,
        variationid: each.variationId,
        name: each.name,
        groupname: 'Size',
        price: price(each.price),
        active: each.inStock ? '1' : '0',
        variationrank: String(rank + 1),
        addon: [],
        variationallowaddon: 0,
      })),
      addon: item.addonGroups.map(({ id, min, max }) => ({
        addon_group_id: id,
        addon_item_selection_min: String(min),
        addon_item_selection_max: String(max),
      })),
      itemname: item.name,
      item_attributeid: '1',
      price: price(item.price),
      active: '1',
      item_tax: item.taxIds.join(','),
    })),
    variations: [...sizes].map(([variationid, name]) => ({ variationid, name, groupname: 'Size', status: '1' })),
    addongroups: groups.map(({ id, name, addons }, at) => ({
      addongroupid: id,
      addongroup_rank: String(at + 1),
      active: '1',
      addongroupitems: addons.map((addon, rank) => ({
        addonitemid: addon.id,
        addonitem_name: addon.name,
        addonitem_price: price(addon.price),
        active: addon.inStock ? '1' : '0',
        attributes: '1',
        addonitem_rank: String(rank + 1),
      })),
      addongroup_name: name,
    })),
    attributes: [{ attributeid: '1', attribute: 'veg', active: '1' }],
    discounts: [],
    taxes: taxes.map(({ id, name, rate }, at) => ({
      taxid: id,
      taxname: name,
      tax: rate,
      taxtype: '1',
      tax_ordertype: '1,2,3',
      active: '1',
      tax_coreortotal: '2',
      tax_taxtype: '1',
      rank: String(at + 1),
    })),
    serverdatetime: wallText(now, pos),
    db_version: '1.0',
    application_version: '4.0',
    http_code: 200,
  })
}

function detailsOf({ shop }: DinePos): JsonObject {
  return {
    restaurantname: shop.name,
    currency_html: shop.currency.code,
    minimumorderamount: '0',
    minimum_prep_time: '20',
    deliverycharge: '50',
    packaging_charge: '20',
  }
}

/** The instant on the restaurant's wall clock, without a zone. */
function wallText(at: number, { shop }: DinePos): string {
  const local = at + offsetMsAt(at, shop.timeZone)
  return `${dateOf(Math.floor(local / DAY_MS))} ${new Date(local).toISOString().slice(11, 19)}`
}

/** What is being prepared is told by nobody; a rejection is a cancellation. */
const STATES: Readonly<Partial<Record<OrderStatus, string>>> = {
  accepted: '1',
  dispatched: '4',
  ready: '5',
  delivered: '10',
  cancelled: '-1',
  rejected: '-1',
}

function callback(telling: Telling, pos: DinePos): JsonObject | null {
  const { restaurantId: restID } = pos
  if (telling.event === 'stock') {
    const { type, inStock, ids: itemID, until } = telling
    const customTurnOnTime = until === null ? '' : wallText(until, pos)
    return { restID, type, inStock, itemID, autoTurnOnTime: until === null ? '' : 'custom', customTurnOnTime }
  }
  if (telling.event === 'store') {
    const { open, until, reason } = telling
    return { restID, store_status: open ? '1' : '0', turn_on_time: until === null ? '' : wallText(until, pos), reason }
  }
  const { order } = telling
  const status = STATES[telling.status]
  if (status === undefined) return null
  const rides = telling.status === 'dispatched'
  return {
    restID,
    orderID: order.clientId,
    status,
    cancel_reason: order.reason ?? '',
    minimum_prep_time: 20,
    minimum_delivery_time: '',
    rider_name: rides ? 'A rider' : '',
    rider_phone_number: rides ? '0000000000' : '',
    is_modified: 'No',
  }
}

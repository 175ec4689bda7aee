// What every figure means, in one sentence a merchant can read. The sentences travel with the figures, so that a screen,
// a file and a person who asks all say the same.

export const DEFINITIONS = {
  total_revenue:
    'Net sales: items before discounts, less discounts, less tax that is inside the prices, less what was given back for goods and service (refunds without their tax and tips). Tips, tax, service charges and gift cards sold are not in it.',
  net_sales: 'The same as total_revenue.',
  total_transactions: 'Closed sales. Open and voided ones do not count; a refund is no sale.',
  total_items_sold: 'Units on the lines of closed sales, gift cards left out. Units brought back are not taken off.',
  average_transaction_value:
    'Net sales divided by the closed sales whose source states an amount, rounded half away from zero to the minor unit.',
  gross_sales: 'Items of closed sales at their price before discounts, gift cards left out.',
  discounts: 'Everything taken off prices, on lines and on whole sales.',
  refunds: 'All money given back on these days, tax and tips inside, whatever the day of its sale.',
  tax_in_prices:
    'Tax that is inside the prices of closed sales. Net sales = gross sales − discounts − tax in prices − refunds of goods.',
  refunds_of_goods: 'What was given back on these days for goods and service: refunds without their tax and tips.',
  refund_count: 'How many times money was given back on these days.',
  tax: 'Tax added to prices and tax inside them, less tax given back.',
  tips: 'Tips of closed sales, less tips given back.',
  service_charges: 'Service charges of closed sales. They are taken as untaxed and are no part of net sales.',
  rounding: 'What rounding to coins added or took away.',
  gift_cards_sold: 'Money taken for gift cards: a promise, and no revenue until it is redeemed.',
  total_collected: 'What customers owed on closed sales, less all money given back.',
  voided_transactions: 'Sales that were cancelled. They carry no money.',
  unpriced_transactions: 'Closed sales whose source states no amount. They count as sales and add nothing to revenue.',
  growth:
    'The change against an earlier window of the same length: right before (previous), shifted back by whole weeks (same_weekdays), or by 364 days, the same weekday a year ago (last_year). Without a choice it is the previous one.',
  daily_trend:
    'One row for every business day, days without sales included. A business day ends at the site’s close-out time, not at midnight.',
  top_items:
    'Items by revenue, and by quantity where the source states no price. Items of the same name, variant and category count as one.',
  slow_items:
    'Items that sold within the last 400 days and sold least in this window, none at all included; never more than the lower half of all items.',
  item_revenue: 'Item prices less their discounts, the tax inside them, and what was given back for them without tax.',
  categories: 'Item revenue summed by the category that the source names.',
  hours: 'Net sales and closed sales by weekday of the business day and hour of the site’s wall clock.',
  payment_methods: 'All that was paid with a method, tips inside, and apart from it what was given back by it.',
  sites: 'Net sales and closed sales by place of sale.',
  customers:
    'Among the newest sales looked at (basket.sales_looked_at): how many different customers the sources name, and the share of those sales that name one.',
  baskets:
    'Pairs of items in one sale, among the newest 4,000 sales of the window. Support is the share of those sales that hold both; a pair needs 5 of them. Lift compares with chance: 1 is chance, 2 twice as often.',
  basket: 'Lines and units of an average sale, among the newest sales of the window.',
  as_of: 'When the newest sale or refund of this tenant was stored. Everything stored until then is in these figures.',
  coverage:
    'Whether the hub has been given everything for these days: complete, partial (the gaps are listed) or unknown.',
  currency:
    'Figures of several currencies are never added. The one with the most closed sales leads; the others stand in other_currencies.',
} as const satisfies Readonly<Record<string, string>>

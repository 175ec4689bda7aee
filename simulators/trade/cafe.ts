import { CAFE_CATALOGUE } from './cafe-catalogue.ts'
import { CURRENCIES } from './currencies.ts'
import type { Shop } from './shop-shape.ts'

/** A neighbourhood café in Berlin: many small sales, prices with tax inside, tips by rounding up. */
export const cafe: Shop = {
  kind: 'cafe',
  name: 'Lindenhof Coffee',
  currency: CURRENCIES.EUR,
  timeZone: 'Europe/Berlin',
  closeOutHour: 3,
  week: [
    { from: 7, to: 18 },
    { from: 7, to: 18 },
    { from: 7, to: 18 },
    { from: 7, to: 18 },
    { from: 7, to: 19 },
    { from: 8, to: 19 },
    { from: 9, to: 18 },
  ],
  closedDays: ['01-01', '05-01', '10-03', '12-25', '12-26'],
  sites: [{ externalId: 'lindenhof', name: 'Lindenhof', size: 1 }],
  scale: 1,
  demand: {
    salesPerDay: 250,
    weekday: [0.86, 0.9, 0.94, 0.98, 1.12, 1.24, 0.96],
    hours: [0, 0, 0, 0, 0, 2, 4, 9, 13, 11, 8, 8, 11, 11, 8, 8, 7, 5, 3, 1, 0, 0, 0, 0],
    weekendHours: [0, 0, 0, 0, 0, 0, 1, 3, 7, 12, 14, 13, 11, 9, 10, 11, 8, 5, 3, 1, 0, 0, 0, 0],
    season: [
      { peak: 165, strength: 0.07 },
      { peak: 343, strength: 0.1, width: 14 },
      { peak: 8, strength: -0.12, width: 9 },
    ],
    growthPerYear: 0.05,
    dayNoise: 0.08,
    rain: 0.84,
    peak: { chance: 0.008, factor: 1.7 },
    eve: 1.12,
  },
  catalogue: CAFE_CATALOGUE,
  taxGroups: {
    food: [{ name: 'VAT reduced', ratePercent: '7', included: true }],
    standard: [{ name: 'VAT', ratePercent: '19', included: true }],
  },
  tips: {
    style: 'round_up',
    chanceByCard: 0.22,
    chanceByCash: 0.34,
    steps: [
      { value: 0.5, weight: 6 },
      { value: 1, weight: 4 },
    ],
  },
  serviceCharge: null,
  discounts: {
    lineChance: 0.025,
    lines: [
      { name: 'Last of the day', percent: 30, weight: 6, categories: ['bakery', 'cake'], fromHour: 16 },
      { name: 'Own cup', percent: 10, weight: 3, categories: ['coffee', 'tea'] },
    ],
    orderChance: 0.045,
    orders: [
      { name: 'Loyalty card', percent: 10, weight: 6 },
      { name: 'Staff', percent: 50, weight: 2 },
      { name: 'Neighbours', percent: 15, weight: 2 },
      { name: 'On the house', percent: 100, weight: 0.3 },
    ],
  },
  tenders: {
    in_store: [
      { value: 'card', weight: 48 },
      { value: 'cash', weight: 32 },
      { value: 'wallet', weight: 17 },
      { value: 'gift_card', weight: 1.5 },
      { value: 'voucher', weight: 1 },
    ],
    online: [
      { value: 'card', weight: 6 },
      { value: 'wallet', weight: 4 },
    ],
    phone: [
      { value: 'cash', weight: 5 },
      { value: 'card', weight: 5 },
    ],
  },
  splitChance: 0.012,
  giftCards: { chance: 0.003, values: [15, 20, 25, 50] },
  customers: { known: 0.24, pool: 900, growthPerYear: 0.35 },
  channels: [
    { value: 'in_store', weight: 91 },
    { value: 'online', weight: 7 },
    { value: 'phone', weight: 2 },
  ],
  registers: ['Counter', 'Garden'],
  staff: [
    { id: 'st-01', name: 'Mara Vogel' },
    { id: 'st-02', name: 'Jonas Brandt' },
    { id: 'st-03', name: 'Aylin Demir' },
    { id: 'st-04', name: 'Felix Sommer' },
    { id: 'st-05', name: 'Noor Haddad' },
    { id: 'st-06', name: 'Emil Krause' },
  ],
  stay: { medianMs: 75_000, spread: 0.6 },
  afterlife: {
    voids: 0.007,
    refunds: 0.009,
    laterShare: 0.1,
    leftOpen: 0.0008,
    loose: 0.0002,
    reasons: ['Wrong item', 'Not as expected', 'Out of stock', 'Charged twice'],
  },
}

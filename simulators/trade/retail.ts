import { CURRENCIES } from './currencies.ts'
import { RETAIL_CATALOGUE } from './retail-catalogue.ts'
import type { Shop } from './shop-shape.ts'

/** A food and home store in London: shelf prices with tax inside, loose goods by weight, returns for weeks. */
export const retail: Shop = {
  kind: 'retail',
  name: 'Foxglove Provisions',
  currency: { ...CURRENCIES.GBP, level: 1 }, // Its catalogue is written in pounds.
  timeZone: 'Europe/London',
  closeOutHour: 0,
  week: [
    { from: 8, to: 20 },
    { from: 8, to: 20 },
    { from: 8, to: 20 },
    { from: 8, to: 20 },
    { from: 8, to: 21 },
    { from: 8, to: 20 },
    { from: 10, to: 17 },
  ],
  closedDays: ['01-01', '12-25', '12-26'],
  sites: [{ externalId: 'foxglove', name: 'Foxglove Yard', size: 1 }],
  scale: 1,
  demand: {
    salesPerDay: 230,
    weekday: [0.86, 0.86, 0.92, 0.98, 1.13, 1.4, 0.85],
    hours: [0, 0, 0, 0, 0, 0, 1, 3, 5, 6, 8, 9, 12, 11, 8, 7, 8, 11, 11, 8, 4, 2, 1, 1],
    weekendHours: [0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 11, 13, 13, 12, 12, 11, 9, 6, 4, 3, 2, 1, 1, 1],
    season: [
      { peak: 350, strength: 0.42, width: 12 },
      { peak: 16, strength: -0.14, width: 14 },
      { peak: 150, strength: 0.04 },
    ],
    growthPerYear: 0.04,
    dayNoise: 0.07,
    rain: 0.93,
    peak: { chance: 0.006, factor: 1.5 },
    eve: 1.45,
  },
  catalogue: RETAIL_CATALOGUE,
  taxGroups: {
    standard: [{ name: 'VAT', ratePercent: '20', included: true }],
    zero: [{ name: 'VAT zero-rated', ratePercent: '0', included: true }],
  },
  tips: { style: 'none' },
  serviceCharge: null,
  discounts: {
    lineChance: 0.035,
    lines: [
      { name: 'Short date', percent: 40, weight: 5, categories: ['chilled', 'bread', 'produce'], fromHour: 15 },
      { name: 'Shelf offer', percent: 20, weight: 4, categories: ['pantry', 'drinks', 'household'] },
      { name: 'Ex display', percent: 25, weight: 1, categories: ['home'] },
    ],
    orderChance: 0.03,
    orders: [
      { name: 'Member', percent: 5, weight: 6 },
      { name: 'Student', percent: 10, weight: 3 },
      { name: 'Colleague', percent: 20, weight: 1 },
    ],
  },
  tenders: {
    in_store: [
      { value: 'card', weight: 60 },
      { value: 'wallet', weight: 21 },
      { value: 'cash', weight: 15 },
      { value: 'gift_card', weight: 2 },
      { value: 'voucher', weight: 1.5 },
    ],
    online: [
      { value: 'card', weight: 65 },
      { value: 'wallet', weight: 30 },
      { value: 'gift_card', weight: 3 },
      { value: 'bank_transfer', weight: 2 },
    ],
    phone: [
      { value: 'card', weight: 8 },
      { value: 'bank_transfer', weight: 2 },
    ],
  },
  splitChance: 0.015,
  giftCards: { chance: 0.004, values: [10, 20, 25, 50] },
  customers: { known: 0.33, pool: 3200, growthPerYear: 0.4 },
  channels: [
    { value: 'in_store', weight: 85 },
    { value: 'online', weight: 14 },
    { value: 'phone', weight: 1 },
  ],
  registers: ['Till 1', 'Till 2', 'Self checkout'],
  staff: [
    { id: 'st-01', name: 'Amelia Hart' },
    { id: 'st-02', name: 'Kwame Boateng' },
    { id: 'st-03', name: 'Rhys Morgan' },
    { id: 'st-04', name: 'Zainab Malik' },
    { id: 'st-05', name: 'Oliver Finch' },
    { id: 'st-06', name: 'Chloe Bennett' },
  ],
  stay: { medianMs: 95_000, spread: 0.5 },
  afterlife: {
    voids: 0.007,
    refunds: 0.013,
    laterShare: 0.75,
    leftOpen: 0.0015,
    loose: 0.0008,
    reasons: ['Changed my mind', 'Faulty', 'Wrong price', 'Damaged in transit', 'Duplicate'],
  },
}

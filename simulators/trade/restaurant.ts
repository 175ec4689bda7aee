import { CURRENCIES } from './currencies.ts'
import { RESTAURANT_CATALOGUE } from './restaurant-catalogue.ts'
import type { Shop } from './shop-shape.ts'

/** A dinner restaurant in New York: tax on top, tips on cards, a service charge for large parties, late nights. */
export const restaurant: Shop = {
  kind: 'restaurant',
  name: 'Harbor & Vine',
  currency: { ...CURRENCIES.USD, level: 1, step: 50 }, // Its catalogue is written in dollars.
  timeZone: 'America/New_York',
  closeOutHour: 4,
  week: [
    null,
    { from: 11.5, to: 23 },
    { from: 11.5, to: 23 },
    { from: 11.5, to: 23 },
    { from: 11.5, to: 25 },
    { from: 10.5, to: 25 },
    { from: 10.5, to: 22 },
  ],
  closedDays: ['01-01', '07-04', '12-24', '12-25'],
  sites: [{ externalId: 'harbor', name: 'Harbor Street', size: 1 }],
  scale: 1,
  demand: {
    salesPerDay: 92,
    weekday: [0.6, 0.74, 0.82, 0.95, 1.32, 1.45, 1.02],
    hours: [2, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 10, 9, 4, 2, 3, 7, 13, 15, 12, 7, 5, 3],
    weekendHours: [4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 8, 10, 10, 8, 5, 3, 3, 7, 13, 15, 13, 8, 6, 5],
    season: [
      { peak: 346, strength: 0.16, width: 13 },
      { peak: 18, strength: -0.14, width: 16 },
      { peak: 150, strength: 0.07 },
    ],
    growthPerYear: 0.03,
    dayNoise: 0.11,
    rain: 0.88,
    peak: { chance: 0.01, factor: 1.5 },
    eve: 1.3,
  },
  catalogue: RESTAURANT_CATALOGUE,
  taxGroups: { prepared: [{ name: 'Sales tax', ratePercent: '8.875', included: false }] },
  tips: {
    style: 'percent',
    chanceByCard: 0.93,
    chanceByCash: 0.3,
    percents: [
      { value: 18, weight: 30 },
      { value: 20, weight: 42 },
      { value: 22, weight: 12 },
      { value: 15, weight: 10 },
      { value: 25, weight: 6 },
    ],
  },
  serviceCharge: { fromGuests: 6, percent: 18 },
  discounts: {
    lineChance: 0.02,
    lines: [
      { name: 'Happy hour', percent: 25, weight: 5, categories: ['cocktails', 'beer'] },
      { name: 'Sent back', percent: 100, weight: 1, categories: ['mains', 'starters'] },
      { name: 'Kitchen delay', percent: 50, weight: 1, categories: ['mains'] },
    ],
    orderChance: 0.045,
    orders: [
      { name: 'Neighborhood card', percent: 10, weight: 6 },
      { name: 'Industry night', percent: 20, weight: 2 },
      { name: 'Staff meal', percent: 50, weight: 2 },
      { name: 'Manager comp', percent: 100, weight: 0.3 },
    ],
  },
  tenders: {
    in_store: [
      { value: 'card', weight: 70 },
      { value: 'wallet', weight: 16 },
      { value: 'cash', weight: 11 },
      { value: 'gift_card', weight: 2 },
      { value: 'other', weight: 0.5 },
    ],
    online: [
      { value: 'card', weight: 7 },
      { value: 'wallet', weight: 3 },
    ],
    phone: [
      { value: 'card', weight: 8 },
      { value: 'cash', weight: 2 },
    ],
  },
  splitChance: 0.13,
  giftCards: { chance: 0.004, values: [50, 75, 100, 150] },
  customers: { known: 0.3, pool: 2600, growthPerYear: 0.3 },
  channels: [
    { value: 'in_store', weight: 80 },
    { value: 'online', weight: 14 },
    { value: 'phone', weight: 6 },
  ],
  registers: ['Bar', 'Floor 1', 'Floor 2'],
  staff: [
    { id: 'st-01', name: 'Grace Okafor' },
    { id: 'st-02', name: 'Daniel Reyes' },
    { id: 'st-03', name: 'Hannah Weiss' },
    { id: 'st-04', name: 'Marcus Lee' },
    { id: 'st-05', name: 'Sofia Marino' },
    { id: 'st-06', name: 'Tom Abbott' },
    { id: 'st-07', name: 'Priya Nair' },
    { id: 'st-08', name: 'Caleb Stone' },
  ],
  stay: { medianMs: 64 * 60_000, spread: 0.35 },
  afterlife: {
    voids: 0.008,
    refunds: 0.009,
    laterShare: 0.2,
    leftOpen: 0.001,
    loose: 0.0002,
    reasons: ['Wrong dish', 'Quality', 'Charged twice', 'Late delivery'],
  },
}

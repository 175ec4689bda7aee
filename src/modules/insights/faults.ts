/** Every fault of this module, and what it means to whoever receives it. */
export const INSIGHTS_FAULTS = {
  'figures.day-unreadable':
    'A day of the range is not written as 2026-03-31, does not exist, or lies before 1900 or after 2199.',
  'figures.range-backwards': 'The last day of the range lies before its first day. Exchange the two.',
  'figures.range-too-long':
    'The range spans more days than one answer holds. Ask for fewer days, or in several pieces.',
  'figures.site-unknown': 'A location of the request is no site of this tenant. The list of sites names them all.',
  'figures.pos-system-unknown': 'The pos_system of the request is not one that the hub knows.',
} as const

export type InsightsFaultCode = keyof typeof INSIGHTS_FAULTS

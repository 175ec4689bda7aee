import type { Route } from '#platform/http/route.ts'
import { type InsightsSurroundings, routesOf } from './routes.ts'

// What the sales say: figures over the roll-ups that the mirror keeps, each with its age and its coverage. This module
// reads; it changes nothing of anybody's.

export type { Arrival } from './connection-health.ts'
export type { DemoRefund, DemoSale, DemoTrade } from './demo-figures.ts'
export type { InsightsSurroundings } from './routes.ts'
export type { Connection, KnownSystem, SystemPart, SystemSignIn } from './systems.ts'

/** Every address of this module. */
export function insightsRoutes(around: InsightsSurroundings): Route[] {
  return routesOf(around)
}

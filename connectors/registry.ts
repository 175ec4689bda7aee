import type { Connector, PosSystem } from './contract.ts'
import { spreadsheet } from './spreadsheet/connector.ts'

/** Every connector there is: one import and one line each. */
export const CONNECTORS: readonly Connector[] = [spreadsheet]

/** The connector of a system that is known to be here. */
export function connectorOf(system: PosSystem): Connector {
  const connector = CONNECTORS.find((one) => one.id === system)
  if (connector === undefined) throw new Error(`no connector serves ${system}`)
  return connector
}

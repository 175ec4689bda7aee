import type { Connector } from '../contract.ts'
import { detectSales } from './detect.ts'
import { readSales } from './read.ts'

/** Tables of sales that a merchant exports from a till or keeps by hand. */
export const spreadsheet: Connector = {
  id: 'spreadsheet',
  name: 'Spreadsheet (CSV)',
  files: { detect: detectSales, read: readSales },
}

import type { Connector } from '../contract.ts'
import { detectSales } from './detect.ts'
import { cellsOf } from './raw-cells.ts'
import { readSales } from './read.ts'
import { sift } from './sift.ts'
import { unpackFile } from './unpack.ts'

/** Tables of sales that a merchant exports from a till or keeps by hand. */
export const spreadsheet: Connector = {
  id: 'spreadsheet',
  name: 'Spreadsheet (CSV, Excel)',
  files: { unpack: (file) => unpackFile(file), sift, detect: detectSales, read: readSales, cellsOf },
}

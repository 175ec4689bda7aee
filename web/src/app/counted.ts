/** A number with its noun: `1 sale`, `1,204 sales`. */
export function counted(n: number, singular: string, plural: string): string {
  return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: 3 }).format(n)} ${n === 1 ? singular : plural}`
}

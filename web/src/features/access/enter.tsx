export function Enter() {
  return null
}

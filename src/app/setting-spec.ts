/** A setting as it is declared: its name in the environment, its default, its meaning. */
export type SettingSpec = {
  readonly name: string
  readonly also?: readonly string[]
  readonly fallback: string | null
  readonly secret: boolean
  readonly say: string
}

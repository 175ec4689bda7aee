// How a shape of Square's is written down once, as data: the types that readers work with and the check for drift are
// both made from it. A field that is not used is `known` and never looked into, so that it may become what it likes.

/**
 * `text` any string; `time` RFC 3339; `decimal` a number as text; `whole` an integer; `money` minor units and a currency;
 * `known` there, and no business of ours.
 */
export type PlainField = 'text' | 'time' | 'decimal' | 'whole' | 'flag' | 'money' | 'known'

/** An enumeration, of which Square may add members at any time. */
export type WordField = { readonly words: ReadonlySet<string> }
export type OneField<S extends Shape = Shape> = { readonly one: Compiled<S> }
export type ManyField<S extends Shape = Shape> = { readonly many: Compiled<S> }
export type Field = PlainField | WordField | OneField | ManyField

export type Shape = { readonly [field: string]: Field }

/** A shape, and its fields as a map: a body is asked for some two hundred of them. */
export type Compiled<S extends Shape = Shape> = { readonly shape: S; readonly fields: ReadonlyMap<string, Field> }

/** Money on the wire. An amount that is missing was not said; it is not zero. */
export type WireMoney = { readonly amount?: number | null; readonly currency?: string | null }

type ToldField<F> = F extends 'text' | 'time' | 'decimal'
  ? string
  : F extends 'whole'
    ? number
    : F extends 'flag'
      ? boolean
      : F extends 'money'
        ? WireMoney
        : F extends { readonly words: ReadonlySet<string> }
          ? string
          : F extends { readonly one: Compiled<infer S> }
            ? Told<S>
            : F extends { readonly many: Compiled<infer S> }
              ? readonly Told<S>[]
              : unknown

/** An object of this shape that was checked: any field may be missing or null, and those that are there are of their type. */
export type Told<S extends Shape> = { readonly [K in keyof S]?: ToldField<S[K]> | null }

export type ToldBy<C> = C extends Compiled<infer S> ? Told<S> : never

export function shape<const S extends Shape>(fields: S): Compiled<S> {
  return { shape: fields, fields: new Map(Object.entries(fields)) }
}

/** The fields that a shape of ours leaves alone, by name. */
export function known<const Name extends string>(...names: readonly Name[]): { readonly [K in Name]: 'known' } {
  return Object.fromEntries(names.map((name) => [name, 'known'])) as { readonly [K in Name]: 'known' }
}

export function words(...members: readonly string[]): WordField {
  return { words: new Set(members) }
}

export function one<S extends Shape>(of: Compiled<S>): OneField<S> {
  return { one: of }
}

export function many<S extends Shape>(of: Compiled<S>): ManyField<S> {
  return { many: of }
}

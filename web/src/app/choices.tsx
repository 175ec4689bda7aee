import { type ReactNode, useMemo } from 'react'
import { texts } from './texts.ts'

// What the browser's own tables offer to choose from, in the reader's language.

/** Options of a list of currencies, each by code and name. */
export function CurrencyOptions(props: { also?: string }): ReactNode {
  const currencies = useMemo(() => {
    const names = new Intl.DisplayNames(texts.locale, { type: 'currency' })
    const codes = new Set(Intl.supportedValuesOf('currency'))
    if (props.also !== undefined) codes.add(props.also)
    return [...codes].sort().map((code) => ({ code, name: names.of(code) ?? code }))
  }, [props.also])
  return currencies.map(({ code, name }) => (
    <option key={code} value={code}>
      {code === name ? code : `${code} – ${name}`}
    </option>
  ))
}

export function ZoneOptions(props: { also?: string }): ReactNode {
  const zones = useMemo(() => {
    const known = new Set(Intl.supportedValuesOf('timeZone'))
    known.add('UTC')
    if (props.also !== undefined) known.add(props.also)
    return [...known].sort()
  }, [props.also])
  return zones.map((zone) => (
    <option key={zone} value={zone}>
      {zone.replaceAll('_', ' ')}
    </option>
  ))
}

/** The zone of this machine: a good first guess for the shop's. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

const CURRENCY_BY_REGION: Readonly<Record<string, string>> = {
  US: 'USD',
  GB: 'GBP',
  CH: 'CHF',
  CA: 'CAD',
  AU: 'AUD',
  NZ: 'NZD',
  JP: 'JPY',
  IN: 'INR',
  SE: 'SEK',
  NO: 'NOK',
  DK: 'DKK',
  PL: 'PLN',
  CZ: 'CZK',
  BR: 'BRL',
  MX: 'MXN',
  ZA: 'ZAR',
}

/** A first guess that is seldom wrong; the person sees it and chooses. */
export function likelyCurrency(languages: readonly string[]): string {
  for (const tag of languages) {
    const region = new Intl.Locale(tag).region
    if (region !== undefined) return CURRENCY_BY_REGION[region] ?? 'EUR'
  }
  return 'EUR'
}

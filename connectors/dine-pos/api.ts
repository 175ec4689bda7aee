import type { Api, Credentials, Link, ProviderCall } from '../contract.ts'
import { judge } from './judge.ts'
import { type Settings, settingsOf } from './settings.ts'

export const api: Api = {
  // There is no address that all restaurants share: each has one of its own. These stand for “none was given”.
  hosts: { production: 'https://dine-pos.invalid', sandbox: 'https://dine-pos.invalid' },
  // Also asked of a connection whose credentials are gone: then there is none.
  baseUrlOf: ({ base_url: typed = '' }) => typed.trim().replace(/\/+$/, '') || null,
  version: '1',
  sunset: null,
  // Nobody publishes a limit. Two calls a second and one at a time is polite to a till in the back of a restaurant.
  pace: { requestsPerSecond: 2, concurrent: 1, timeoutMs: 10_000, learn: () => null },
  headers,
  body,
  judge,
}

function headers(link: Link, call: ProviderCall): Readonly<Record<string, string>> {
  return {
    accept: 'application/json',
    ...(call.body === null ? {} : { 'content-type': 'application/json' }),
    ...(call.unsigned === true ? {} : signInHeaders(settingsOf(link.credentials), link.credentials, call)),
  }
}

function signInHeaders(settings: Settings, credentials: Credentials, call: ProviderCall): Record<string, string> {
  const { app_key = '', app_secret = '', access_token = '', business_id = '' } = credentials
  if (settings.profile === 'urbanpiper') {
    const business = business_id === '' ? {} : { 'x-upr-biz-id': business_id }
    return { authorization: `apikey ${app_key}:${app_secret}`, ...business }
  }
  if (isInBody(settings, call)) return {}
  if (settings.profile === 'petpooja')
    return said({ 'app-key': app_key, 'app-secret': app_secret, 'access-token': access_token })
  const bearer = access_token === '' ? '' : `Bearer ${access_token}`
  return said({ 'x-app-key': app_key, 'x-app-secret': app_secret, authorization: bearer })
}

/** The sign-in goes in first, as the systems’ own examples have it. */
function body(link: Link, call: ProviderCall): string | null {
  if (call.body === null || call.unsigned === true) return call.body
  const settings = settingsOf(link.credentials)
  if (settings.profile === 'urbanpiper' || !isInBody(settings, call)) return call.body
  const { app_key = '', app_secret = '', access_token = '' } = link.credentials
  return JSON.stringify({ ...said({ app_key, app_secret, access_token }), ...(JSON.parse(call.body) as object) })
}

/** Petpooja takes the sign-in of a menu call in headers, whatever it does with orders. */
function isInBody({ placement, profile }: Settings, { name }: ProviderCall): boolean {
  return placement === 'body' && !(profile === 'petpooja' && name === 'menu.read')
}

function said(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
}

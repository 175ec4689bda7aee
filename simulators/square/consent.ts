import type { FastifyInstance, FastifyReply } from 'fastify'
import { DEFAULT_SCOPES, SCOPES } from './application.ts'
import type { Square } from './square.ts'

// The page on which a seller lets an application in: who asks, for what, and two buttons. A browser sees it as a
// person does; a test adds `auto=allow` or `auto=deny` and gets the redirect at once.

type Asked = {
  readonly scopes: readonly string[]
  readonly redirectUri: string
  readonly state: string | null
  readonly challenge: string | null
  readonly query: Readonly<Record<string, string>>
}

/** `GET` shows the page, `POST` is its buttons. */
export function consentRoutes(server: FastifyInstance, square: Square): void {
  server.get('/oauth2/authorize', (request, reply) => {
    const query = request.query as Record<string, string>
    const asked = readAsked(square, query)
    if (typeof asked === 'string') return page(reply, 400, 'Authorization error', `<p>${escaped(asked)}</p>`)
    const auto = query.auto ?? square.consent
    if (auto === 'allow' || auto === 'deny') {
      return answer(square, asked, query.merchant_id ?? square.mainSeller.merchantId, auto, reply)
    }
    return page(reply, 200, `Allow ${square.application.name}`, question(square, asked))
  })
  server.post('/oauth2/authorize', (request, reply) => {
    const form = request.body as Record<string, string>
    const asked = readAsked(square, form)
    if (typeof asked === 'string') return page(reply, 400, 'Authorization error', `<p>${escaped(asked)}</p>`)
    return answer(square, asked, form.merchant_id ?? '', form.decision === 'allow' ? 'allow' : 'deny', reply)
  })
}

/** What is asked for, or the sentence that says why it cannot be. */
function readAsked(square: Square, query: Readonly<Record<string, string>>): Asked | string {
  const { application } = square
  if (query.client_id !== application.id) return 'There is no application of this client_id here.'
  const redirectUri = query.redirect_uri ?? application.redirectUri
  const url = redirectUri === null || redirectUri === undefined ? null : URL.parse(redirectUri)
  if (url === null || url === undefined || redirectUri === null || redirectUri === undefined) {
    return 'The application has no redirect_uri, and the request names none.'
  }
  if (application.redirectUri !== null && redirectUri !== application.redirectUri) {
    return 'The redirect_uri is not the one that the application has registered.'
  }
  const scopes = query.scope === undefined ? DEFAULT_SCOPES : query.scope.split(/[ +]+/).filter((word) => word !== '')
  const unknown = scopes.find((scope) => !SCOPES.includes(scope))
  if (unknown !== undefined) return `There is no permission ${unknown}.`
  return { scopes, redirectUri, state: query.state ?? null, challenge: query.code_challenge ?? null, query }
}

function answer(square: Square, asked: Asked, merchantId: string, decision: 'allow' | 'deny', reply: FastifyReply) {
  const url = new URL(asked.redirectUri)
  if (decision === 'deny') {
    url.searchParams.set('error', 'access_denied')
    url.searchParams.set('error_description', 'user_denied')
  } else {
    if (!square.sellers.some((seller) => seller.merchantId === merchantId)) {
      return page(reply, 400, 'Authorization error', '<p>There is no such seller.</p>')
    }
    const { scopes, redirectUri, challenge } = asked
    url.searchParams.set('code', square.tokens.code({ merchantId, scopes, redirectUri, challenge }, square.now()))
    url.searchParams.set('response_type', 'code')
  }
  if (asked.state !== null) url.searchParams.set('state', asked.state)
  return reply.redirect(url.href, 302)
}

function question(square: Square, asked: Asked): string {
  const hidden = Object.entries(asked.query)
    .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`)
    .join('')
  const sellers = square.sellers
    .map(({ merchantId, name }) => `<option value="${merchantId}">${escaped(name)}</option>`)
    .join('')
  return `<p>${escaped(square.application.name)} would like to:</p>
<ul>${asked.scopes.map((scope) => `<li>${escaped(scope)}</li>`).join('')}</ul>
<form method="post" action="/oauth2/authorize">${hidden}
<p><label>Signed in as <select name="merchant_id">${sellers}</select></label></p>
<p><button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></p>
</form>`
}

function page(reply: FastifyReply, status: number, title: string, body: string) {
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .send(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escaped(title)} - simulated Square</title>
<style>body{font:16px/1.5 system-ui;max-width:34rem;margin:3rem auto;padding:0 1rem}button{font:inherit;padding:.4rem 1rem}</style>
<h1>${escaped(title)}</h1>
${body}
</html>`)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

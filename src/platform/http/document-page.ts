import type { Json, OpenApiDocument, Operation } from './openapi.ts'

// The document for reading: one page of HTML without a script or anything from elsewhere, folded by <details>.

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c2024, #e8eaed); --soft: light-dark(#5c6670, #9aa5b1);
  --paper: light-dark(#fff, #14171a); --card: light-dark(#f6f7f8, #1d2125); --line: light-dark(#dfe3e7, #2d3339);
  --accent: light-dark(#0b6b53, #5fd3b0) }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
.frame { display: grid; grid-template-columns: 15rem minmax(0, 52rem); gap: 2.5rem; max-width: 72rem; margin: 0 auto; padding: 2rem 1.25rem }
nav { position: sticky; top: 2rem; align-self: start; max-height: calc(100vh - 4rem); overflow: auto }
nav ul { list-style: none; margin: 0; padding: 0 } nav a { display: block; padding: .2rem 0 }
a { color: var(--accent); text-underline-offset: .15em }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px }
h1 { margin: 0 0 .25rem; font-size: 1.75rem } h2 { margin: 2.5rem 0 .75rem; font-size: 1.2rem; text-transform: capitalize }
h3 { margin: 1rem 0 .25rem; font-size: .85rem; color: var(--soft); text-transform: uppercase; letter-spacing: .04em }
p { margin: .25rem 0 .75rem } .soft { color: var(--soft) }
details.call { border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; background: var(--card) }
details.call > summary { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; padding: .6rem .9rem; cursor: pointer }
details.call > div { padding: 0 .9rem .9rem; border-top: 1px solid var(--line) }
code, pre { font: .875em/1.5 ui-monospace, monospace } summary code { overflow-wrap: anywhere }
.method { font-weight: 700; color: var(--accent); min-width: 4.2em } .summary { color: var(--soft); flex-basis: 100% }
pre { margin: .25rem 0; padding: .75rem; overflow: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--paper) }
table { width: 100%; border-collapse: collapse } th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line) }
th { font-weight: 600; color: var(--soft); font-size: .85rem }
@media (max-width: 50rem) { .frame { grid-template-columns: minmax(0, 1fr); gap: 1rem } nav { position: static; max-height: none } }
`

export function documentPage(document: OpenApiDocument): string {
  const calls = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ path, method, operation })),
  )
  const sections = document.tags.map(({ name }) => {
    const own = calls.filter((call) => call.operation.tags[0] === name)
    return own.length === 0
      ? ''
      : `<section aria-labelledby="${slug(name)}"><h2 id="${slug(name)}">${text(name)}</h2>
${own.map((call) => callHtml(call.method, call.path, call.operation, document.components.schemas)).join('\n')}</section>`
  })
  const links = document.tags.map(({ name }) => `<li><a href="#${slug(name)}">${text(name)}</a></li>`)
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(document.info.title)} API ${text(document.info.version)}</title><style>${STYLE}</style></head>
<body><div class="frame">
<nav aria-label="Subjects"><ul>${links.join('')}</ul></nav>
<main><h1>${text(document.info.title)} API</h1>
<p class="soft">Version ${text(document.info.version)} · OpenAPI ${text(document.openapi)} · <a href="/openapi.json">openapi.json</a></p>
<p>${text(document.info.description)}</p>
<p>Send an API key as <code>X-API-Key</code> or <code>Authorization: Bearer</code>. Failures are
<code>application/problem+json</code> with a stable <code>code</code>. Every write of a tenant takes an
<code>Idempotency-Key</code>.</p>
${sections.join('\n')}</main></div></body></html>`
}

function callHtml(method: string, path: string, call: Operation, schemas: Schemas): string {
  const parts = [
    call.description ? `<p>${text(call.description)}</p>` : '',
    `<p class="soft">Needs: <code>${text(call['x-scope'])}</code></p>`,
    call.parameters.length > 0 ? `<h3>Parameters</h3>${parametersHtml(call)}` : '',
    call.requestBody ? `<h3>Body</h3>${contentHtml(call.requestBody.content, schemas)}` : '',
    `<h3>Answers</h3>${Object.entries(call.responses)
      .map(([status, answer]) => answerHtml(status, answer, schemas))
      .join('')}`,
  ]
  return `<details class="call" id="${slug(call.operationId)}"><summary><span class="method">${method.toUpperCase()}</span>
<code>${text(path)}</code><span class="summary">${text(call.summary)}</span></summary><div>${parts.join('\n')}</div></details>`
}

function parametersHtml(call: Operation): string {
  const rows = call.parameters.map(
    (one) => `<tr><td><code>${text(one.name)}</code></td><td>${one.in}${one.required ? ', required' : ''}</td>
<td>${text(one.description ?? '')}</td></tr>`,
  )
  return `<table><thead><tr><th scope="col">Name</th><th scope="col">Where</th><th scope="col">Meaning</th></tr></thead>
<tbody>${rows.join('')}</tbody></table>`
}

type Schemas = Readonly<Record<string, Json>>

function answerHtml(status: string, answer: Json, schemas: Schemas): string {
  const body = answer as { readonly $ref?: string; readonly description?: string; readonly content?: Content }
  if (body.$ref) return `<p><strong>${text(status)}</strong> <span class="soft">a problem</span></p>`
  const content = body.content ? contentHtml(body.content, schemas) : ''
  return `<p><strong>${text(status)}</strong> ${text(body.description ?? '')}</p>${content}`
}

type Content = Readonly<Record<string, { readonly schema: Json }>>

function contentHtml(content: Content, schemas: Schemas): string {
  return Object.entries(content)
    .map(
      ([type, { schema }]) =>
        `<p class="soft"><code>${text(type)}</code></p><pre>${text(shape(schema, schemas, 0))}</pre>`,
    )
    .join('')
}

const DEPTH_MAX = 8

/** A schema as a person would sketch it: field names and their types, a question mark where a field may be missing. */
function shape(schema: Json, schemas: Schemas, depth: number): string {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return 'anything'
  const node = schema as { readonly [name: string]: Json }
  const ref = node.$ref
  if (typeof ref === 'string') {
    const name = ref.split('/').at(-1) ?? ''
    const target = schemas[name]
    return target === undefined || depth > DEPTH_MAX ? name : shape(target, schemas, depth + 1)
  }
  const choices = node.anyOf ?? node.oneOf
  if (Array.isArray(choices)) return choices.map((choice: Json) => shape(choice, schemas, depth)).join(' | ')
  if (Array.isArray(node.enum)) return node.enum.map((word: Json) => JSON.stringify(word)).join(' | ')
  if (node.const !== undefined) return JSON.stringify(node.const)
  if (node.type === 'array') return `[ ${shape(node.items ?? {}, schemas, depth)}, … ]`
  const properties = node.properties
  if (typeof properties === 'object' && properties !== null) {
    const required = Array.isArray(node.required) ? (node.required as readonly Json[]) : []
    const indent = '  '.repeat(depth + 1)
    const lines = Object.entries(properties).map(
      ([name, inner]) => `${indent}${name}${required.includes(name) ? '' : '?'}: ${shape(inner, schemas, depth + 1)}`,
    )
    return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`
  }
  const type = typeof node.type === 'string' ? node.type : 'anything'
  return typeof node.format === 'string' ? `${type} (${node.format})` : type
}

function slug(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
}

function text(raw: string): string {
  return raw.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

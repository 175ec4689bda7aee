import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { Ajv, type ValidateFunction } from 'ajv'
import type { ProviderCall } from '../contract.ts'

// Square's own description of its API, where it lies beside the checkout: what we send is held against it, and what we
// take for known. It is a year older than the version that we ask for, so it may lack a name and never has one too many.

const FILE = new URL('../../../shared/specs/square/openapi-2025-08-20.json.gz', import.meta.url)

type Operation = {
  readonly parameters?: readonly { readonly name: string }[]
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: { readonly $ref: string } } }
  }
}

export type Description = {
  /** Field names of a schema. */
  fieldsOf(schema: string): readonly string[]
  /** What is wrong with a value of a schema; empty when nothing is. */
  faultsOf(schema: string, value: unknown): readonly string[]
  /** The same of a call: its path, its parameters, its body and the names in that body. */
  faultsOfCall(call: ProviderCall): readonly string[]
}

/** Null where the description is not there. */
export function findDescription(): Description | null {
  if (!existsSync(FILE)) return null
  const document = JSON.parse(gunzipSync(readFileSync(FILE)).toString('utf8'))
  const paths = document.paths as Record<string, Record<string, Operation>>
  const schemas = document.components.schemas as Record<string, { properties?: Record<string, unknown> }>
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema(plainly(document), 'square')
  const validators = new Map<string, ValidateFunction>()

  function faultsOf(schema: string, value: unknown): readonly string[] {
    const validate = validators.get(schema) ?? ajv.compile({ $ref: `square#/components/schemas/${schema}` })
    validators.set(schema, validate)
    validate(value)
    return (validate.errors ?? []).map(({ instancePath, message }) => `${schema}${instancePath}: ${message}`)
  }

  function fieldsOf(schema: string): readonly string[] {
    return Object.keys(schemas[schema]?.properties ?? {})
  }

  function faultsOfCall({ method, path, body }: ProviderCall): readonly string[] {
    const url = new URL(path, 'https://square.test')
    const operation = Object.entries(paths).find(([template]) => matches(template, url.pathname))?.[1][
      method.toLowerCase()
    ]
    if (operation === undefined) return [`there is no ${method} ${url.pathname}`]
    const known = new Set((operation.parameters ?? []).map(({ name }) => name))
    const unknown = [...url.searchParams.keys()].filter((name) => !known.has(name))
    const schema = operation.requestBody?.content['application/json'].schema.$ref.split('/').at(-1)
    if (body === null || schema === undefined)
      return unknown.map((name) => `${name} is no parameter of ${url.pathname}`)
    const value = JSON.parse(body) as Record<string, unknown>
    const strange = Object.keys(value).filter((name) => !fieldsOf(schema).includes(name))
    return [...strange.map((name) => `${schema} has no ${name}`), ...faultsOf(schema, value)]
  }

  return { fieldsOf, faultsOf, faultsOfCall }
}

/** `nullable` beside a reference as JSON Schema knows it, a choice; and a type that is not described as any value. */
function plainly(document: { components: { schemas: object } }): object {
  return JSON.parse(JSON.stringify(document), (_key, inner) => {
    if (inner === null || typeof inner !== 'object') return inner
    const name = typeof inner.$ref === 'string' ? inner.$ref.split('/').at(-1) : null
    if (name !== null && !(name in document.components.schemas)) return {}
    if (!('nullable' in inner) || 'type' in inner) return inner
    const { nullable: _nullable, ...schema } = inner
    return { anyOf: [schema, { type: 'null' }] }
  })
}

function matches(template: string, path: string): boolean {
  const [wanted, given] = [template.split('/'), path.split('/')]
  return wanted.length === given.length && wanted.every((part, at) => part.startsWith('{') || part === given[at])
}

import { GraphRefusal } from './graph-error.ts'

// The body of `POST /{phone_number_id}/messages`, read and checked. Texts and templates; nothing else is played.

export type TemplateDraft = { readonly name: string; readonly language: string; readonly parameters: readonly string[] }

export type Draft =
  | { readonly type: 'text'; readonly to: string; readonly text: string }
  | { readonly type: 'template'; readonly to: string; readonly template: TemplateDraft }

const TEXT_MAX = 4096
const PARAMETER_MAX = 1024

type Json = Readonly<Record<string, unknown>>

export function draftOf(body: Json): Draft {
  if (body.messaging_product !== 'whatsapp') {
    throw new GraphRefusal(100, "The parameter messaging_product is required and must be 'whatsapp'.")
  }
  const to = textAt(body, 'to', 'to')
  if (!/^\+?[\d\s().-]+$/.test(to) || to.replace(/\D/g, '').length < 7 || to.replace(/\D/g, '').length > 15) {
    throw new GraphRefusal(131009, 'Parameter value is not valid: to')
  }
  if (body.type === undefined || body.type === 'text')
    return { type: 'text', to, text: textBody(objectAt(body, 'text')) }
  if (body.type === 'template') return { type: 'template', to, template: templateOf(objectAt(body, 'template')) }
  throw new GraphRefusal(131009, `Parameter value is not valid: type. The simulator plays text and template.`)
}

function textBody(text: Json): string {
  const body = textAt(text, 'body', "text['body']")
  if (body.length > TEXT_MAX) {
    throw new GraphRefusal(100, `Param text['body'] must be at most ${TEXT_MAX} characters long.`)
  }
  return body
}

function templateOf(template: Json): TemplateDraft {
  const name = textAt(template, 'name', "template['name']")
  const language = textAt(objectAt(template, 'language'), 'code', "template['language']['code']")
  const components = Array.isArray(template.components) ? (template.components as readonly Json[]) : []
  const body = components.find(({ type }) => String(type).toLowerCase() === 'body')
  const given = Array.isArray(body?.parameters) ? (body.parameters as readonly Json[]) : []
  return { name, language, parameters: given.map(parameterOf) }
}

function parameterOf(parameter: Json, at: number): string {
  const path = `template['components'][body]['parameters'][${at}]`
  if (parameter.type !== 'text') throw new GraphRefusal(132012, `${path}: The simulator plays parameters of text.`)
  const text = textAt(parameter, 'text', `${path}['text']`)
  if (text.length > PARAMETER_MAX)
    throw new GraphRefusal(100, `${path} must be at most ${PARAMETER_MAX} characters long.`)
  if (/[\n\t]| {5,}/.test(text)) {
    throw new GraphRefusal(100, `${path} cannot have new-line/tab characters or more than 4 consecutive spaces.`)
  }
  return text
}

function objectAt(from: Json, field: string): Json {
  const value = from[field]
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
  throw new GraphRefusal(131008, `The parameter ${field} is required.`)
}

function textAt(from: Json, field: string, path: string): string {
  const value = from[field]
  if (typeof value === 'string' && value !== '') return value
  throw new GraphRefusal(131008, `The parameter ${path} is required.`)
}

import { expect, test } from 'vitest'
import { fieldProblem, problemFrom, withQuery } from './api.ts'

test('what is not asked for stands in no address', () => {
  expect(withQuery('/sales', { q: undefined, site: '', limit: 50, status: ['open', 'closed'] })).toBe(
    '/sales?limit=50&status=open&status=closed',
  )
  expect(withQuery('/sales', {})).toBe('/sales')
})

test('a refusal says its code, its sentence and the field to mend', () => {
  const problem = problemFrom(422, {
    code: 'http.input-invalid',
    title: 'Unprocessable Content',
    detail: 'One field is wrong.',
    errors: [{ pointer: '/tenant/name', detail: 'is missing' }],
  })
  expect(problem.code).toBe('http.input-invalid')
  expect(problem.message).toBe('One field is wrong.')
  expect(fieldProblem(problem, 'tenant/name')).toBe('is missing')
  expect(fieldProblem(problem, 'name')).toBeUndefined()
})

test('a refusal inside of an envelope is told like any other', () => {
  const error = { code: 'push.no-integration', message: 'No POS was ever connected.', details: {} }
  const problem = problemFrom(404, { success: false, error })
  expect(problem.code).toBe('push.no-integration')
  expect(problem.message).toBe('No POS was ever connected.')
})

test('an answer that is no problem document is a problem all the same', () => {
  expect(problemFrom(502, null).code).toBe('http.502')
})

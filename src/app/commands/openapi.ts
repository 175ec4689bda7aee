import { openapiDocument } from '#platform/http/openapi.ts'
import { describeRoutes } from '../describe.ts'
import { readVersion } from '../settings.ts'

/** `tillwire openapi`: the document, without a database. */
export async function printOpenapi(): Promise<void> {
  const document = openapiDocument(await describeRoutes(), { version: readVersion() })
  console.log(JSON.stringify(document, null, 2))
}

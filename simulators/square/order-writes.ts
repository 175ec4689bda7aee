import type { Endpoint } from './endpoint.ts'

export const orderWriteEndpoints: readonly Endpoint[] = []

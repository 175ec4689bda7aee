import type { Endpoint } from './endpoint.ts'

export const paymentWriteEndpoints: readonly Endpoint[] = []

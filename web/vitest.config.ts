import { defineConfig } from 'vitest/config'

// What is tested here is pure (dates, money, addresses), so it needs neither a database nor a browser.
export default defineConfig({ test: { include: ['src/**/*.test.ts'] } })

import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// The hub serves `dist` as it stands, under a policy that allows scripts from itself alone: nothing may be inlined.
export default defineConfig({
  plugins: [react(), tailwind()],
  build: {
    target: ['chrome123', 'firefox125', 'safari17.5'],
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    modulePreload: { polyfill: false },
  },
  server: {
    port: 9011,
    proxy: { '/api': process.env.TILLWIRE_URL ?? 'http://127.0.0.1:9010' },
  },
})

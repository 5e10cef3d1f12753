import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** Vant's icons are a font from a foreign host; the page draws its own and asks nobody else. */
const noIconFont: Plugin = {
  name: 'no-icon-font',
  enforce: 'pre',
  transform: (_code, id) => (id.includes('vant/es/icon/index.css') ? '' : undefined),
}

export default defineConfig({
  // Relative: the same files serve under /approve/ on one machine and in a folder of COS in production.
  base: './',
  plugins: [vue(), noIconFont],
  build: { target: 'es2020', cssTarget: 'chrome87', reportCompressedSize: false, chunkSizeWarningLimit: 3000 },
  server: { proxy: { '/approve/v1': 'http://127.0.0.1:8800', '/local': 'http://127.0.0.1:8800' } },
  test: { environment: 'jsdom', include: ['src/**/*.test.ts'] },
})

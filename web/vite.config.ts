import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const backend = process.env.FADE_BACKEND ?? 'http://localhost:8000'

/** Puts back the placeholder that lets Go embed dist on a checkout where no build has run. */
function keepPlaceholder(): Plugin {
  return {
    name: 'fade-keep-placeholder',
    apply: 'build',
    closeBundle() {
      writeFileSync(fileURLToPath(new URL('./dist/.keep', import.meta.url)), '')
    },
  }
}

export default defineConfig({
  plugins: [react(), tailwindcss(), keepPlaceholder()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // Small files would become data: URLs, which a strict content security policy refuses.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // Libraries change less often than the pages: browsers keep them over a release.
        codeSplitting: {
          groups: [
            { name: 'aria', test: /node_modules\/(react-aria|react-stately|@react-|@internationalized)/ },
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler|@tanstack)\// },
          ],
        },
      },
    },
  },
  server: {
    port: 3000,
    strictPort: true,
    proxy: {
      '/api': { target: backend },
      '/readyz': { target: backend },
      // Not '^/ws': the development server's own socket lives at /.
      '/ws': { target: backend, ws: true },
      '/sse': { target: backend },
    },
  },
})

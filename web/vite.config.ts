import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
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

/** Writes into the service worker which files the shell consists of; a build with other files is another worker. */
function shellOfWorker(): Plugin {
  const built = (name: string) => fileURLToPath(new URL(`./dist/${name}`, import.meta.url))
  const empty = "const BUILD = { version: '', files: [] }"
  let files: string[] = []
  return {
    name: 'fade-shell-of-worker',
    apply: 'build',
    generateBundle(_, bundle) {
      // Fonts for other scripts are read when a page needs them.
      files = Object.keys(bundle)
        .filter((name) => /\.(js|css)$|inter-latin(-ext)?-wght-normal-.*\.woff2$/.test(name))
        .map((name) => `/${name}`)
        .sort()
    },
    closeBundle() {
      const text = readFileSync(built('sw.js'), 'utf8')
      if (!text.includes(empty)) throw new Error(`public/sw.js lacks the line ${empty}`)
      const hash = createHash('sha256')
      for (const name of ['sw.js', 'index.html', 'theme.js']) hash.update(readFileSync(built(name)))
      const build = { version: hash.update(files.join()).digest('hex').slice(0, 12), files }
      writeFileSync(built('sw.js'), text.replace(empty, `const BUILD = ${JSON.stringify(build)}`))
    },
  }
}

export default defineConfig({
  plugins: [react(), tailwindcss(), shellOfWorker(), keepPlaceholder()],
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

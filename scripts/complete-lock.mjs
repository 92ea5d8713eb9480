// Completes package-lock.json with the optional packages of other platforms that npm left out because the
// registry it asked did not have them: without an entry for each, npm ci refuses the lock on every platform.
import { readFileSync, writeFileSync } from 'node:fs'
const file = process.argv[2] ?? 'package-lock.json'
const lock = JSON.parse(readFileSync(file, 'utf8'))
const oses = ['android', 'darwin', 'freebsd', 'linux', 'openbsd', 'netbsd', 'win32', 'sunos', 'aix']
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const at = `node_modules/${name}`
    if (lock.packages[at] || lock.packages[`${path}/${at}`]) continue
    const parts = name.split('/').pop().split('-')
    const os = parts.find((p) => oses.includes(p))
    const cpu = parts.find((p) => ['arm64', 'x64', 'arm', 'ia32', 'wasm32'].includes(p))
    if (!cpu) throw new Error(`${name}: for which platform?`)
    const libc = parts.includes('musl') ? 'musl' : undefined
    lock.packages[at] = { version, cpu: [cpu], ...(entry.dev && { dev: true }), ...(libc && { libc: [libc] }), optional: true, ...(os && { os: [os] }) }
    console.log('added', at, JSON.stringify(lock.packages[at]))
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
writeFileSync(file, JSON.stringify(lock, null, 2) + '\n')

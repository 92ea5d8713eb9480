// The part that the Node peers have in common: POST /publish?m=200&hz=0, whose body is the padding {"b":"…"},
// sends m messages {"n":…,"t":…,"b":…} back to back, or hz a second; POST /gc collects garbage.
import { createServer } from 'node:http'
import { setImmediate, setTimeout } from 'node:timers/promises'

// Unix nanoseconds. A number of JavaScript has room for a quarter of a microsecond of today's.
const now = () => Math.round((performance.timeOrigin + performance.now()) * 1e6)

let n = 0

// serve gives an HTTP server; send(message) sends the message to every client.
export function serve(send) {
  return createServer(async (request, response) => {
    const url = new URL(request.url, 'http://peer')
    if (request.method === 'POST' && url.pathname === '/gc') {
      globalThis.gc?.() // with node --expose-gc
      response.end()
      return
    }
    if (request.method !== 'POST' || url.pathname !== '/publish') {
      response.writeHead(404).end()
      return
    }
    let body = ''
    for await (const piece of request) body += piece
    const { b } = JSON.parse(body)
    const m = Number(url.searchParams.get('m'))
    const hz = Number(url.searchParams.get('hz'))
    const start = performance.now()
    for (let i = 0; i < m; i++) {
      // Back to back, but not without letting the sockets of the messages before have their turn.
      if (hz > 0) await setTimeout(start + (i * 1000) / hz - performance.now())
      else await setImmediate()
      n++
      send({ n, t: now(), b })
    }
    response.end()
  })
}

// listen listens where --listen says, and tells the port in a line.
export function listen(server) {
  const at = process.argv.indexOf('--listen')
  const [host, port] = (at < 0 ? '127.0.0.1:0' : process.argv[at + 1]).split(':')
  server.listen({ host, port: Number(port), backlog: 4096 }, () => console.log(`listening at http://${host}:${server.address().port}`))
}

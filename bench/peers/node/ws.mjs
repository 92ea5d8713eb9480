// Broadcasts with ws, as "Server broadcast" in its README does.
import { WebSocket, WebSocketServer } from 'ws'
import { listen, serve } from './publish.mjs'

const server = serve((message) => {
  const data = Buffer.from(JSON.stringify(message))
  wss.clients.forEach((client) => {
    if (client.readyState === WebSocket.OPEN) client.send(data, { binary: false })
  })
})
const wss = new WebSocketServer({ server, path: '/ws' })
wss.on('connection', (client) => client.on('error', () => {}))
listen(server)

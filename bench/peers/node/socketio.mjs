// Broadcasts with Socket.IO, as its documentation does: io.emit sends an event to all.
import { Server } from 'socket.io'
import { listen, serve } from './publish.mjs'

const server = serve((message) => io.emit('bench', message))
const io = new Server(server)
listen(server)

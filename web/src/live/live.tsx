import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useSyncExternalStore,
} from 'react'
import type { Signal } from './protocol'
import type { LiveSocket, LiveStatus } from './socket'

const LiveContext = createContext<LiveSocket | null>(null)

export function LiveProvider({ socket, children }: { socket: LiveSocket; children: ReactNode }) {
  return <LiveContext value={socket}>{children}</LiveContext>
}

function useLive(): LiveSocket {
  const socket = useContext(LiveContext)
  if (!socket) throw new Error('useLive needs a LiveProvider above it')
  return socket
}

/** Keeps the socket open while the component is there. */
export function useConnection(): void {
  const live = useLive()
  useEffect(() => {
    live.start()
    return () => live.stop()
  }, [live])
}

/** Follows a channel while the component is there; undefined follows none. */
export function useChannel(channel: string | undefined): void {
  const live = useLive()
  useEffect(() => (channel ? live.join(channel) : undefined), [live, channel])
}

export function useLiveStatus(): { status: LiveStatus; retry: () => void } {
  const live = useLive()
  const status = useSyncExternalStore(live.subscribeStatus, live.getStatus)
  return { status, retry: live.retry }
}

/** Hears of what is of this moment only while the component is there. */
export function useSignal(listener: (signal: Signal) => void): void {
  const live = useLive()
  const latest = useRef(listener)
  latest.current = listener
  useEffect(() => live.onSignal((signal) => latest.current(signal)), [live])
}

/** Tells the others of a conversation's channel that this person is writing. */
export function useSendTyping(): (channel: string) => void {
  const live = useLive()
  return useCallback((channel) => live.typing(channel), [live])
}

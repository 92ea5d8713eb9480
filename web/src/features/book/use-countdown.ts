import { useEffect, useState } from 'react'

/** Seconds until an instant, counted down; 0 once it is over. */
export function useCountdown(until: string | undefined): number {
  const left = () => (until ? Math.max(0, (Date.parse(until) - Date.now()) / 1000) : 0)
  const [seconds, setSeconds] = useState(left)
  useEffect(() => {
    const tick = () => setSeconds(until ? Math.max(0, (Date.parse(until) - Date.now()) / 1000) : 0)
    tick()
    if (!until) return
    const timer = setInterval(tick, 1000)
    return () => clearInterval(timer)
  }, [until])
  return seconds
}

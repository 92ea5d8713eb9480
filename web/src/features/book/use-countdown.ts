import { useEffect, useState } from 'react'

const left = (until: number) => (until - Date.now()) / 1000

/** Seconds until a moment of this browser's clock, counted down; below nothing once it is over. */
export function useCountdown(until: number): number {
  const [seconds, setSeconds] = useState(() => left(until))
  useEffect(() => {
    const tick = () => setSeconds(left(until))
    tick()
    const timer = setInterval(tick, 1000)
    return () => clearInterval(timer)
  }, [until])
  return seconds
}

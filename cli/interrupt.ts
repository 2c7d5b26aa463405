import { setMaxListeners } from 'node:events'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Whether somebody wants long work to end. */
export interface Interruption {
  readonly stop: AbortSignal
  /** Signals do again what they always do. */
  release(): void
}

/** Listens for Ctrl-C or SIGTERM, once: the second one ends the program at once, whatever it does. */
export function onInterrupt(then: () => void): Interruption {
  const controller = new AbortController()
  // Every pool that works listens.
  setMaxListeners(0, controller.signal)
  const release = () => {
    for (const signal of SIGNALS) process.removeListener(signal, interrupted)
  }
  const interrupted = () => {
    release()
    then()
    controller.abort()
  }
  for (const signal of SIGNALS) process.on(signal, interrupted)
  return { stop: controller.signal, release }
}

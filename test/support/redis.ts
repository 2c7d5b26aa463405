import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'

/** Whether there is a `redis-server` (Debian: apt-get install redis-server). */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0

/** A port of this machine that is free. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export interface Server {
  readonly url: string
  stop(): Promise<void>
}

/** Starts a Redis that keeps nothing on disk, and waits until it listens: with TLS, if `more` has its files. */
export async function startRedis(...more: string[]): Promise<Server> {
  const port = await freePort()
  const tls = more.includes('--tls-cert-file')
  const ports = tls ? ['--port', '0', '--tls-port', String(port)] : ['--port', String(port)]
  const child = spawn('redis-server', [...ports, '--bind', '127.0.0.1', '--save', '', ...more])
  await listening(child, port)
  return {
    url: `${tls ? 'rediss' : 'redis'}://127.0.0.1:${port}`,
    stop: async () => {
      child.kill()
      await once(child, 'exit')
    },
  }
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1')
    const there = await new Promise<boolean>((resolve) => {
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    })
    socket.destroy()
    if (there) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`redis-server ended with ${child.exitCode}`)
}

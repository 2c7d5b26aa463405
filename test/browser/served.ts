import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
}

/** The studio as any web server gives it. */
export async function served(): Promise<{ readonly address: string; readonly server: Server }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nines-studio-'))
  const { bundleStudio } = (await import('../../studio/bundle.mjs' as string)) as {
    bundleStudio(folder: string): Promise<void>
  }
  await bundleStudio(folder)
  writeFileSync(path.join(folder, 'scenario.json'), JSON.stringify({ scenario: null, followed: false }))
  const server = createServer((request, response) => {
    const name = path.basename(new URL(request.url!, 'http://x').pathname) || 'index.html'
    try {
      const text = readFileSync(path.join(folder, name))
      response.writeHead(200, { 'content-type': TYPES[path.extname(name)] ?? 'text/plain' }).end(text)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server }
}

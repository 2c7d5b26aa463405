import { once } from 'node:events'
import { get, type IncomingMessage, request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { authorities, StudioServer } from '../../cli/studio-server.js'

const files = { 'index.html': '<title>page</title>', 'page.js': 'run()', 'page.css': 'p {}' }
let server: StudioServer

/** A server, the port that it listens at, and the cookie of who has opened its address. */
async function opened(): Promise<{ port: number; cookie: string; address: string }> {
  server = new StudioServer(files, '{"scenario":null,"followed":false}')
  const address = await server.listen(0)
  const entered = await asked(address, {})
  const [cookie] = entered.headers['set-cookie']!
  return { port: Number(new URL(address).port), cookie: cookie!.split(';')[0]!, address }
}

afterEach(() => server.close())

async function asked(
  address: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<IncomingMessage & { body: string }> {
  const sent = request(address, { headers, method })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let body = ''
  for await (const piece of response) body += piece
  return Object.assign(response, { body })
}

describe('the local server', () => {
  it('takes the token out of the address, into a cookie that no script and no other site gets', async () => {
    const { address } = await opened()
    const { statusCode, headers } = await asked(address, {})
    expect(statusCode).toBe(303)
    expect(headers.location).toBe('/')
    expect(headers['set-cookie']![0]).toMatch(/^nines-\d+=[0-9a-f]{32}; HttpOnly; SameSite=Strict; Path=\/$/)
    expect((await asked(address.replace(/=[0-9a-f]/, '=x'), {})).statusCode).toBe(403)
  })

  it('invites once: the token of a program that is started is no use to who reads it there', async () => {
    const { address, cookie } = await opened()
    const invited = server.invitation()
    expect(invited).not.toBe(address)
    const statuses = [await asked(invited, {}), await asked(invited, {}), await asked(address, {})]
    expect(statuses.map(({ statusCode }) => statusCode)).toEqual([303, 403, 303])
    // Nor is a token a cookie.
    for (const one of [address, invited]) {
      const own = cookie.replace(/=.*/, `=${new URL(one).searchParams.get('token')}`)
      expect((await asked(new URL('/', one).href, { cookie: own })).statusCode).toBe(403)
    }
  })

  it('knows what browsers call it', () => {
    expect(authorities(80)).toEqual(['127.0.0.1', 'localhost'])
    expect(authorities(8080)).toEqual(['127.0.0.1:8080', 'localhost:8080'])
  })

  it('gives its files to who has the cookie, and nothing to anybody else', async () => {
    const { port, cookie } = await opened()
    for (const [name, text] of [...Object.entries(files), ['', files['index.html']]]) {
      const found = await asked(`http://127.0.0.1:${port}/${name}`, { cookie })
      expect([found.statusCode, found.body]).toEqual([200, text])
      expect((await asked(`http://127.0.0.1:${port}/${name}`, {})).statusCode).toBe(403)
      const other = cookie.replace(/=.*/, `=${'0'.repeat(32)}`)
      expect((await asked(`http://127.0.0.1:${port}/${name}`, { cookie: other })).statusCode).toBe(403)
    }
  })

  it('answers neither another name for this machine, nor another page, nor what is no question', async () => {
    const { port, cookie } = await opened()
    const at = `http://127.0.0.1:${port}/page.js`
    expect((await asked(at, { cookie, host: `localhost:${port}` })).statusCode).toBe(200)
    expect((await asked(at, { cookie, host: `evil.example:${port}` })).statusCode).toBe(403)
    expect((await asked(at, { cookie, host: '127.0.0.1' })).statusCode).toBe(403)
    expect((await asked(at, { cookie, origin: `http://127.0.0.1:${port}` })).statusCode).toBe(200)
    expect((await asked(at, { cookie, origin: 'https://evil.example' })).statusCode).toBe(403)
    expect((await asked(at, { cookie, origin: 'null' })).statusCode).toBe(403)
    expect((await asked(at, { cookie }, 'POST')).statusCode).toBe(405)
  })

  it('joins no path to a folder', async () => {
    const { port, cookie } = await opened()
    for (const name of [
      '../package.json',
      '%2e%2e/package.json',
      'toString',
      '__proto__',
      'index.html/',
      '/',
    ])
      expect((await asked(`http://127.0.0.1:${port}/${name}`, { cookie })).statusCode, name).toBe(404)
  })

  it('says with all of it what a page may do', async () => {
    const { port, cookie } = await opened()
    for (const headers of [{ cookie }, { cookie: '' }]) {
      const found = await asked(`http://127.0.0.1:${port}/`, headers)
      expect(found.headers['content-security-policy']).toContain("frame-ancestors 'none'")
      expect(found.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      })
      expect(found.headers).not.toHaveProperty('access-control-allow-origin')
    }
  })

  it('tells whoever follows what the scenario is, and each change, and that once', async () => {
    const { port, cookie } = await opened()
    const told: string[] = []
    get(`http://127.0.0.1:${port}/changes`, { headers: { cookie } }, (response) =>
      response.on('data', (piece) => told.push(...String(piece).split('\n\n').filter(Boolean))),
    )
    await expect.poll(() => told).toHaveLength(1)
    server.change('{"followed":true}')
    server.change('{"followed":true}')
    await expect.poll(() => told).toHaveLength(2)
    expect(told).toEqual([
      'event: changed\ndata: {"scenario":null,"followed":false}',
      'event: changed\ndata: {"followed":true}',
    ])
    const { body } = await asked(`http://127.0.0.1:${port}/scenario.json`, { cookie })
    expect(body).toBe('{"followed":true}')
  })

  it('says in words that a port is taken', async () => {
    const { port } = await opened()
    const other = new StudioServer(files, 'null')
    await expect(other.listen(port)).rejects.toThrow(`--port: cannot listen at 127.0.0.1:${port}: `)
  })
})

import { describe, expect, test } from 'vitest'
import { play, response, responses } from '../../support/world.js'

/** Seconds of CPU of the component called `name` for a page. */
function cpu(text: string, name: string): number {
  const { model, ended } = play(text)
  return model.components.get(name)!.probe.cpu / ended.length
}

/** Without handshakes: all connections are open, but the first. */
const site = (lb: string, rest = '', size = 'request: 1MB, answer: 10MB') => `
lasts: 20s
warmup: 0s
sizes: { default: { ${size} } }
users: { u: { arrive: constant(10/s), to: lb, requests_per_connection: unlimited } }
components:
  lb: { kind: haproxy, service: 0s, ${lb} }
  nginx: { kind: nginx, service: 0s, ${rest} }`

/** 3.1 GB/s: 0.32 ms for each MB. */
const MB = 0.32e-3

describe('TLS at HAProxy, by its bytes', () => {
  const lb = 'servers: [nginx]'

  test('costs 0.32 ms a MB of what comes and of what is answered, and nothing in clear or where nothing has a size', () => {
    expect(cpu(site(`${lb}, tls: {}`), 'lb')).toBeCloseTo(11 * MB, 8)
    expect(cpu(site(`${lb}, tls: { cpu_per_mb: 2ms }`), 'lb')).toBeCloseTo(11 * 2e-3, 8)
    expect(cpu(site(lb), 'lb')).toBe(0)
    expect(cpu(site(`${lb}, tls: {}`, '', 'answer: 0B'), 'lb')).toBe(0)
    expect(cpu(site(`${lb}, tls: {}`).replace('to: lb', 'to: lb, scheme: http'), 'lb')).toBe(0)
  })

  test('again to servers with ssl, both ways, and at them', () => {
    const both = site('tls: {}, http_reuse: always, servers: [{ name: nginx, ssl: on }]', 'tls: {}')
    expect(cpu(both, 'lb')).toBeCloseTo(22 * MB, 4)
    expect(cpu(both, 'nginx')).toBeCloseTo(11 * MB, 4)
    const behind = site('http_reuse: always, servers: [{ name: nginx, ssl: on }]', 'tls: {}')
    expect(cpu(behind, 'lb')).toBeCloseTo(11 * MB, 4)
  })

  test('not at one that passes it through: there it is the server’s', () => {
    const passed = site('mode: tcp, servers: [nginx]', 'tls: {}')
    expect(cpu(passed, 'lb')).toBe(0)
    // Until it knows enough of them, each of the first 32 requests has a connection opened behind, with a handshake.
    expect(cpu(passed, 'nginx')).toBeCloseTo(11 * MB + (32 * 1.859e-3) / 199, 8)
    expect(cpu(site('mode: tcp, servers: [nginx], tls: {}'), 'lb')).toBeCloseTo(11 * MB, 8)
  })

  test('by the bytes that are left of what was packed behind it', () => {
    const packed = site(`${lb}, tls: {}`, 'gzip: on, gzip_types: [request], gzip_ratio: 5', 'answer: 10MB')
    expect(cpu(packed, 'lb')).toBeCloseTo(2 * MB, 8)
  })

  test('is paid by who answers with a failure only for what he was sent', () => {
    const failing = `${site(`${lb}, tls: {}`)}
faults: [{ kind: errors, target: nginx, share: 100%, at: 0s, for: 20s }]`
    expect(cpu(failing, 'lb')).toBeCloseTo(MB, 8)
  })

  test('goes on beside requests: one waits for the decryption of its own bytes, not for what is being sent', () => {
    const alone = site(`${lb}, tls: {}, nbthread: 1`)
    expect(responses(play(alone).ended)).toEqual([+MB.toFixed(6)])
    // 320 MB an answer at ten a second on one thread: it has no time left, and those that come wait for their turn.
    const full = site(`${lb}, tls: {}, nbthread: 1`, '', 'answer: 320MB')
    expect(Math.max(...play(full).ended.map(response))).toBeGreaterThan(0.1)
    expect(responses(play(full.replace('nbthread: 1', 'nbthread: 2')).ended).every((s) => s < 1e-3)).toBe(
      true,
    )
  })

  test('ends with the process, and begins anew with it', () => {
    const text = `${site(`${lb}, tls: {}, nbthread: 1`, '', 'answer: 250MB')}
faults:
  - { kind: crash, target: lb, at: 5s, for: 1s }
  - { kind: hang, target: lb, at: 10s, for: 1s }`
    const { model, ended } = play(text)
    expect(ended.filter((r) => r.arrived > 12 && r.arrived < 19).every((r) => r.outcome === 'ok')).toBe(true)
    const { cpu: seconds } = model.components.get('lb')!.probe
    const answered = ended.filter((r) => r.outcome === 'ok').length
    expect(seconds).toBeGreaterThan((answered - 3) * 250 * MB)
    // Handshakes among it: who had a connection before the crash needs another.
    expect(seconds).toBeLessThan((answered + 3) * 250 * MB)
  })
})

test('TLS at nginx: what is answered waits for its encryption', () => {
  const text = (nginx: string) => `
lasts: 20s
warmup: 0s
sizes: { default: { request: 1MB, answer: 10MB } }
users: { u: { arrive: constant(10/s), to: nginx, requests_per_connection: unlimited } }
components: { nginx: { kind: nginx, service: 0s, ${nginx} } }`
  expect(responses(play(text('tls: {}')).ended)).toEqual([+(11 * MB).toFixed(6)])
  expect(cpu(text('tls: {}'), 'nginx')).toBeCloseTo(11 * MB, 8)
  // Packed first, and then there is less to encrypt.
  const packed = text('tls: {}, gzip: on, gzip_types: [request], gzip_ratio: 5, gzip_cpu_per_mb: 8ms')
  expect(cpu(packed, 'nginx')).toBeCloseTo(10 * 8e-3 + 3 * MB, 8)
})

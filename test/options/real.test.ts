import { describe, expect, it, test } from 'vitest'
import { composeKeys } from '../../sim/components/compose-keys.js'
import { kinds } from '../../sim/components/registry.js'
import { hint, kindHint } from '../../sim/options/nearest.js'
import { realOption, realOptions } from '../../sim/options/real.js'
import { problemsOf } from '../support/world.js'

const said = (kind: string, option: string) =>
  problemsOf(`
lasts: 10s
users: { u: { arrive: poisson(1/s), to: box } }
components:
  box: { kind: ${kind}, ${option}${kind === 'haproxy' || kind === 'vip' ? ', servers: [a]' : ''} }
  a: { kind: haproxy, servers: [b] }
  b: { kind: service, service: 1ms }
`).join('\n')

describe('options of the real software that are not simulated', () => {
  it.each([
    ['haproxy', 'hash-balance-factor: 150', 'it matters and is not simulated: a hash names one'],
    ['haproxy', 'log: global', 'it has no influence here: leave it out'],
    ['haproxy', 'contimeout: 3s', 'it is said in another way here: timeout_connect'],
    [
      'haproxy',
      'default_server: { on_marked_up: shutdown-backup-sessions }',
      'it matters and is not simulated',
    ],
    ['nginx', 'access_log: off', 'it has no influence here: leave it out'],
    ['nginx', 'proxy_ssl: on', 'it matters and is not simulated'],
    ['nginx', 'keepalive_disable: msie6', 'it is said in another way here: requests_per_connection'],
    ['nginx', 'upstream: [{ name: b, slow_start: 30s }]', 'it matters and is not simulated'],
    ['app', 'pm.max_children: 40', 'it is said in another way here: workers'],
    ['app', 'threads: 4', 'it is said in another way here: workers'],
    ['mysql', 'key_buffer_size: 4', 'it matters and is not simulated'],
    ['vip', 'state: MASTER', 'it is said in another way here: who has the highest priority'],
  ])('%s { %s }: %s', (kind, option, words) => {
    expect(said(kind, option)).toContain(words)
    expect(said(kind, option)).not.toContain('did you mean')
  })

  it('are none that the kind has', () => {
    for (const { kind, options, known = {} } of kinds)
      for (const name of Object.keys(options.shape))
        expect(realOption(name, { ...composeKeys, ...known }), `${kind} ${name}`).toBeUndefined()
  })

  it('are found however their words are joined, and nothing else is', () => {
    const known = realOptions('log_format', {}, {})
    for (const name of ['log_format', 'log-format', 'Log Format', 'log.format'])
      expect(realOption(name, known)).toBe('it has no influence here: leave it out')
    for (const name of ['logformat', 'constructor', '__proto__'])
      expect(realOption(name, known)).toBeUndefined()
  })
})

test('no hint changes what was meant', () => {
  expect(hint('retry', ['retry_budget', 'retries'])).toBe('; did you mean "retries"?')
  expect(hint('timeout_client', ['timeout_connect', 'timeout_server'])).not.toContain('mean')
  expect(hint('threads', ['reads', 'workers'])).not.toContain('mean')
  expect(hint('apache', ['cache', 'app'])).not.toContain('mean')
  expect(hint('timeout_conect', ['timeout_connect', 'timeout_server'])).toContain('"timeout_connect"')
  expect(hint('timeoutconnect', ['timeout_connect'])).toContain('"timeout_connect"')
})

test.each([
  ['httpd', 'apache'],
  ['php-fpm', 'app'],
  ['php_fpm', 'app'],
  ['gunicorn', 'app'],
  ['valkey', 'redis'],
  ['memcached', 'cache'],
  ['Varnish', 'cache'],
  ['mariadb', 'mysql'],
  ['postgres', 'postgresql'],
  ['keepalived', 'vip'],
  ['elb', 'haproxy'],
  ['elb', 'balancer'],
  ['load balancer', 'balancer'],
  ['database', 'mysql'],
  ['db', 'mysql'],
  ['InnoDB Cluster', 'group_replication'],
  ['web', 'nginx'],
  ['proxy', 'haproxy'],
])('%s leads to %s', (name, kind) => {
  // A kind that is called so itself would be meant before all others.
  const others = kinds.filter((one) => one.kind !== name.toLowerCase())
  expect(kindHint(name, others)).toMatch(new RegExp(`did you mean .*"${kind}".*stands? for`))
})

test('a kind of that very name is meant before those that it stands for', () => {
  expect(kindHint('Apache', [{ kind: 'nginx', aliases: ['apache'] }, { kind: 'apache' }])).toMatch(
    /did you mean "apache"\?$/,
  )
})

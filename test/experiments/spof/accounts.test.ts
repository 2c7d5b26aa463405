import { describe, expect, test } from 'vitest'
import { spofCsv, spofText } from '../../../reports/spof-table.js'
import { spofLine } from '../../../reports/spof-verdict.js'
import { whyOf } from '../../../reports/words/spof-why.js'
import { partOf, severitiesIn, spofsIn } from '../../support/spofs.js'

/** For half a minute, once. */
const brief = { lasts: '30s', warmup: '5s', replications: 1 }
const look = { width: 100, colour: false, verbose: false }
/** As one line. */
const flat = (text: string) => text.replace(/\n {2}/g, ' ')

/** Two kinds of users who ask for the same, each by a door of its own, and what both need behind them. */
const doors = (mobile: string, mix = '') => `
name: Doors
users:
  web: { arrive: constant(20/s), to: door-1, timeout: 1s${mix} }
  mobile: { arrive: constant(10/s), to: ${mobile}, timeout: 1s${mix} }
components:
  door-1: { kind: service, servers: 4, service: 1ms, next: [back] }
  door-2: { kind: service, servers: 4, service: 1ms, next: [back] }
  back: { kind: service, servers: 8, service: 5ms }`

describe('users with doors of their own', () => {
  test('are answered no more without theirs, whatever others are who ask for the same', async () => {
    const found = await spofsIn(doors('door-2'), { ...brief, only: ['door-1', 'door-2', 'back'] })
    expect(severitiesIn(found)).toEqual({ 'door-1': 'hard', 'door-2': 'hard', back: 'hard' })
    expect(partOf(found, 'door-2')).toMatchObject({
      unanswered: [],
      unanswered_accounts: [{ users: 'mobile', class: 'request' }],
      structural: ['request'],
      structural_accounts: [{ users: 'mobile', class: 'request' }],
      hidden: false,
    })
    expect(partOf(found, 'back').unanswered).toEqual(['request'])
    expect(whyOf(partOf(found, 'door-2'), found)).toBe(
      'nobody of mobile is answered any more; of all answers 66.6% are left (web): door-2 had no process that listened: 100% of the failures that the loss adds.',
    )
    expect(whyOf(partOf(found, 'back'), found)).toMatch(/^nobody is answered any more: back had no process/)
    expect(spofLine(found)).toBe(
      'Doors has 3 single points of failure: back, door-1 for web and door-2 for mobile.',
    )
    const text = flat(spofText([found], look))
    expect(text).toContain(
      'By the wiring not all are answered without: door-1 (web); door-2 (mobile); back (all).',
    )
    // Each of the doors is needed: none stands for the other.
    expect(found.tiers).toEqual([])
    expect(text).not.toContain('The wiring says')
    const [head, ...rows] = spofCsv([found]).trim().split('\n')
    const place = head!.split(',').indexOf('unanswered_accounts')
    expect(rows.find((row) => row.includes(',door-1,'))!.split(',')[place]).toBe('web:request')
  })

  test('are told as one where they come by one', async () => {
    const found = await spofsIn(doors('door-1'), { ...brief, only: ['door-1', 'door-2'] })
    expect(severitiesIn(found)).toEqual({ 'door-1': 'hard', 'door-2': 'none' })
    expect(whyOf(partOf(found, 'door-1'), found)).toMatch(/^nobody is answered any more: /)
    expect(spofLine(found)).toBe('Doors has 1 single point of failure: door-1.')
    expect(flat(spofText([found], look))).toContain(
      'By the wiring some class is not answered without: door-1; back.',
    )
  })

  test('who attack miss nothing', async () => {
    const attacked = doors('door-2').replace('to: door-2', 'to: door-2, malicious: on')
    const found = await spofsIn(attacked, { ...brief, only: ['door-1', 'door-2'] })
    expect(severitiesIn(found)).toEqual({ 'door-1': 'hard', 'door-2': 'none' })
    expect(found.accounts).toEqual([{ users: 'web', class: 'request' }])
    expect(whyOf(partOf(found, 'door-1'), found)).toMatch(/^nobody is answered any more: /)
  })

  test('may wait for ever, and ask no more: their answers are missing all the same', async () => {
    const closed = doors('door-2').replace(
      'constant(10/s), to: door-2, timeout: 1s',
      '"closed(users=10, think=exponential(1s))", to: door-2',
    )
    const found = await spofsIn(closed, { ...brief, only: ['mobile -> door-2'] })
    const cut = partOf(found, 'mobile -> door-2')
    expect(cut).toMatchObject({
      severity: 'hard',
      unanswered_accounts: [{ users: 'mobile', class: 'request' }],
    })
    expect(cut.lost_per_s.value).toBeGreaterThan(8)
  })
})

/** Visitors read and write by two servers of which each is enough; others only write, by one of their own. */
const database = (importer: string) => `
hosts: { m1: {}, m2: {}, m3: {} }
users:
  web: { arrive: constant(40/s), to: lb, timeout: 1s, mix: { read: 50%, write: 50% } }
  batch: { arrive: constant(20/s), to: import, timeout: 1s, mix: { write: 50%, upload: 50% } }
components:
  lb: { kind: balancer, servers: [app-1, app-2] }
  app-1: { kind: app, workers: 20, service: 1ms, database: [db-1, db-2] }
  app-2: { kind: app, workers: 20, service: 1ms, database: [db-1, db-2] }
  import: { kind: app, workers: 20, service: 1ms, database: ${importer} }
  db-1: { kind: mysql, host: m1, service: 1ms, replicas: [db-2] }
  db-2: { kind: mysql, host: m2, service: 1ms }
  db-3: { kind: mysql, host: m3, service: 1ms }`

describe('what only some of them ask for', () => {
  test('is lost to all who do, or to those with a database of their own', async () => {
    const one = await spofsIn(database('[db-1, db-2]'), { ...brief, only: ['db-1', 'import'] })
    expect(partOf(one, 'db-1')).toMatchObject({ severity: 'writes', unanswered: ['write'] })
    expect(whyOf(partOf(one, 'db-1'), one)).toContain(
      'nobody is answered any more who asks for write; of all',
    )
    expect(partOf(one, 'import')).toMatchObject({ severity: 'hard', unanswered: ['upload'] })
    expect(whyOf(partOf(one, 'import'), one)).toContain(
      'nobody of batch is answered any more; of all answers',
    )

    const own = await spofsIn(database('db-3'), { ...brief, only: ['db-1', 'db-3'] })
    expect(partOf(own, 'db-1')).toMatchObject({ severity: 'writes', unanswered: [], hidden: false })
    expect(whyOf(partOf(own, 'db-1'), own)).toContain(
      'nobody of web who asks for write is answered any more; of all answers 64.5% are left (batch; read of web)',
    )
    expect(spofLine(own)).toContain('; without db-1 nobody of web who asks for write is answered')
    // Reads and uploads are no writes.
    expect(partOf(own, 'db-3').severity).toBe('hard')
    expect(spofLine(own)).toContain('1 single point of failure: db-3 for batch')
  })
})

test('servers behind different doors do not stand for one another', async () => {
  const found = await spofsIn(
    `
users:
  web: { arrive: constant(20/s), to: lb-a, timeout: 1s }
  mobile: { arrive: constant(20/s), to: lb-b, timeout: 1s }
components:
  lb-a: { kind: balancer, servers: [web-1, web-2] }
  lb-b: { kind: balancer, servers: [web-3, web-4] }
  web-1: { kind: service, service: 5ms }
  web-2: { kind: service, service: 5ms }
  web-3: { kind: service, service: 5ms }
  web-4: { kind: service, service: 5ms }
  web-5: { kind: service, service: 5ms }`,
    { ...brief, only: ['web-1'] },
  )
  expect(found.tiers.map(({ parts, needs, of }) => ({ parts, needs, of }))).toEqual([
    { parts: ['web-1', 'web-2'], needs: 1, of: 2 },
    { parts: ['web-3', 'web-4'], needs: 1, of: 2 },
  ])
  expect(found.cut_sets).toContainEqual(['web-3', 'web-4'])
  expect(found.cut_accounts.at(-1)).toEqual([{ users: 'mobile', class: 'request' }])
})

test('what a few users lose for good is a loss, however few they are', async () => {
  const found = await spofsIn(
    `
users:
  web: { arrive: constant(2000/s), to: front }
  few: { arrive: constant(18/s), to: lb, timeout: 1s }
components:
  front: { kind: service, servers: 50, service: 1ms }
  lb: { kind: balancer, servers: [a, b] }
  a: { kind: service, service: 5ms }
  b: { kind: service, service: 5ms }`,
    { ...brief, only: ['a', 'lb'] },
  )
  const one = partOf(found, 'a').ways.find(({ how }) => how === 'process')!
  expect(one).toMatchObject({ severity: 'capacity', lacking_accounts: [{ users: 'few', class: 'request' }] })
  expect(one.settled.good.value).toBeGreaterThan(0.99)
  expect(whyOf(one, found)).toBe('for as long as it lasts 50.0% of the answers to few are missing.')
  expect(partOf(found, 'lb').severity).toBe('hard')
})

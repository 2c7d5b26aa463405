import { describe, expect, test } from 'vitest'
import { readScenario } from '../../../cli/files.js'
import { whyOf } from '../../../reports/words/spof-why.js'
import { partOf, severitiesIn, spofsIn } from '../../support/spofs.js'

/** The four architectures that come with the program, some of their parts lost for a minute. */
const lost = (name: string, only: readonly string[], set: string[] = []) =>
  spofsIn(readScenario(`scenarios/${name}.yaml`, { set }), { only, replications: 1 })

/** Where load does not matter, few are enough. */
const FEW = ['users.visitors.arrive=poisson(40/s)']

/** The same with few visitors, for two minutes: connections that were open before a certificate expired go on for a while. */
const expired = (name: string, only: readonly string[]) =>
  spofsIn(readScenario(`scenarios/${name}.yaml`, { set: FEW }), {
    only,
    replications: 1,
    lasts: '2min',
  })

describe('the simple web stack', () => {
  test('can spare nothing', async () => {
    const found = await lost('01-simple-web-stack', ['server-1', 'nginx', 'app', 'mysql'], FEW)
    expect(severitiesIn(found)).toEqual({ 'server-1': 'hard', nginx: 'hard', app: 'hard', mysql: 'hard' })
    expect(partOf(found, 'nginx').unanswered).toEqual(['static', 'read', 'write'])
    expect(partOf(found, 'app').unanswered).toEqual(['read', 'write'])
    expect(found.parts.some(({ hidden }) => hidden)).toBe(false)
    expect(found.cut_sets).toEqual([['server-1'], ['nginx'], ['app'], ['mysql']])
  })
})

describe('the distributed infrastructure', () => {
  test('hangs on its load balancer, on the primary for writes, and on the replica, which its drawing does not show', async () => {
    const found = await lost('02-distributed', [
      'lb-1',
      'haproxy',
      'server-1',
      'mysql-1',
      'server-2',
      'nginx-1',
    ])
    expect(severitiesIn(found)).toMatchObject({
      'lb-1': 'hard',
      haproxy: 'hard',
      'server-1': 'writes',
      'mysql-1': 'writes',
      'nginx-1': 'none',
    })
    expect(partOf(found, 'server-1')).toMatchObject({ unanswered: ['write'], hidden: false })
    // The replica's machine costs more than the primary's: each read asks it first, and waits.
    const [primary, replica] = [partOf(found, 'server-1'), partOf(found, 'server-2')]
    expect(replica.availability.value).toBeLessThan(primary.availability.value! - 0.1)
    expect(replica).toMatchObject({ structural: [], hidden: true })
    expect(whyOf(replica, found)).toContain(
      'app-1 was full because those in it waited for mysql-2, whose machine was dead',
    )
    expect(found.cut_sets.slice(0, 3)).toEqual([['lb-1'], ['server-1'], ['mysql-1']])
    // One of two carries this load: what is lost without the replica is no matter of capacity.
    expect(found.tiers.map(({ parts, needs }) => [parts, needs])).toContainEqual([['app-1', 'app-2'], 1])
  })
})

describe('the secured and monitored infrastructure', () => {
  test('hangs on the first firewall and on the end of TLS too; the others stand for one another', async () => {
    const found = await lost(
      '03-secured-and-monitored',
      ['fw-0', 'firewall-lb', 'haproxy', 'fw-1', 'watch'],
      FEW,
    )
    expect(severitiesIn(found)).toEqual({
      'fw-0': 'hard',
      'firewall-lb': 'hard',
      haproxy: 'hard',
      'fw-1': 'transient',
      watch: 'blind',
    })
    expect(whyOf(partOf(found, 'fw-0'), found)).toContain(
      'visitors waited for firewall-lb, whose machine was dead',
    )
    expect(found.cut_sets).toContainEqual(['fw-1', 'fw-2'])
  })

  test('hangs on its certificate', async () => {
    const found = await expired('03-secured-and-monitored', ['haproxy'])
    const ways = partOf(found, 'haproxy').ways.map(({ how, severity }) => [how, severity])
    expect(ways.sort()).toEqual([
      ['certificate', 'hard'],
      ['process', 'hard'],
    ])
  })
})

describe('the scaled-up infrastructure', () => {
  test('hangs on its address, and on a replica', async () => {
    const found = await lost('04-scale-up', ['vip', 'lb-1', 'data-1', 'data-2', 'code-1'])
    expect(severitiesIn(found)).toEqual({
      vip: 'hard',
      'lb-1': 'none',
      'data-1': 'transient',
      'data-2': 'capacity',
      'code-1': 'none',
    })
    expect(partOf(found, 'data-2')).toMatchObject({ hidden: true, structural: [] })
    // The failover of the database: 10 s to detect it, 3 s to promote the replica.
    expect(partOf(found, 'data-1').outage_s.value).toBeCloseTo(13, 0)
    expect(partOf(found, 'data-1').detected.map(({ says }) => says)).toContain('mysql-2 was promoted')
    // The address moves in less than what is borne.
    expect(partOf(found, 'lb-1').no_answer_s.value).toBeGreaterThan(2.5)
    expect(found.importance!.parts[0]!.part).toBe('data-2')
  })

  test('hangs on a certificate that no health check looks at', async () => {
    const found = await expired('04-scale-up', ['haproxy-1', 'haproxy-2'])
    const ways = partOf(found, 'haproxy-1').ways.map(({ how, severity }) => [how, severity])
    expect(ways).toEqual([
      ['certificate', 'hard'],
      ['process', 'none'],
    ])
    expect(partOf(found, 'haproxy-1')).toMatchObject({ hidden: true, structural: [] })
    expect(partOf(found, 'haproxy-2').severity).toBe('none')
  })
})

import { expect, it } from 'vitest'
import { toHtml } from '../../reports/html.js'
import { inline } from '../../sim/experiments/jobs.js'
import { run } from '../../sim/experiments/run.js'
import { parseScenario } from '../../sim/scenario/parse.js'

const assets = { script: '', style: '', hashes: { script: '', style: '' } }
const sectionsOf = async (service: string, users = '') => {
  const text = `
lasts: 20s
warmup: 0s
replications: 1
users: { web: { arrive: constant(5/s), to: box${users} } }
components: { box: { kind: service, servers: 9, service: ${service} } }`
  const [ran] = await run([parseScenario(text, 'box.yaml')], inline)
  const page = toHtml({ version: 1, results: [ran!.result] }, [ran!.scenario], assets)
  return [...page.matchAll(/<section id="([^"]+)">/g)].map(([, id]) => id)
}

it('a page has no section of waits where there is nothing to draw: all waited as long, or nobody was answered', async () => {
  expect(await sectionsOf('exponential(5ms)')).toContain('distribution')
  for (const sections of [await sectionsOf('5ms'), await sectionsOf('5s', ', timeout: 1s')]) {
    expect(sections).toContain('time')
    expect(sections).not.toContain('distribution')
  }
})

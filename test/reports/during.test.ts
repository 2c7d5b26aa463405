import { beforeAll, expect, it } from 'vitest'
import { toHtml } from '../../reports/html.js'
import { toMarkdown } from '../../reports/summary-markdown.js'
import { inline } from '../../sim/experiments/jobs.js'
import { type Ran, run } from '../../sim/experiments/run.js'
import { parseScenario } from '../../sim/scenario/parse.js'

/** Five faults of one of two servers, the third of which hurts least; and one that strikes when nobody looks any more. */
const text = `
name: five faults
lasts: 60s
warmup: 0s
replications: 2
users: { people: { arrive: poisson(20/s), to: lb } }
components:
  lb: { kind: balancer, policy: roundrobin, servers: [a, b] }
  a: { kind: service, service: 5ms }
  b: { kind: service, service: 5ms }
faults:
  - { kind: crash, target: a, at: 5s, for: 5s }
  - { kind: errors, target: b, at: 15s, for: 5s, share: 50% }
  - { kind: errors, target: b, at: 25s, for: 1s, share: 1% }
  - { kind: crash, target: b, at: 35s, for: 5s }
  - { kind: crash, target: a, at: 45s, for: 5s }
  - { kind: crash, target: b, mtbf: 900d, mttr: 1s }
`
const assets = { script: '', style: '', hashes: { script: '', style: '' } }

const sectionOf = (page: string) => /<section id="faults">[\s\S]*?<\/section>/.exec(page)![0]

let ran: Ran
let page: string
beforeAll(async () => {
  ran = (await run([parseScenario(text, 'five.yaml')], inline))[0]!
  page = toHtml({ version: 1, results: [ran.result] }, [ran.scenario], assets)
})

it('of many faults the drawings of those are open after which most was lost; all are told', () => {
  const section = sectionOf(page)
  expect(section.match(/<h3>/g)).toHaveLength(6)
  const drawn = (text: string) =>
    [...text.matchAll(/What passed while it lasted: (.*?),/g)].map(([, when]) => when)
  expect(drawn(section)).toEqual([
    '5 s to 10 s',
    '15 s to 20 s',
    '25 s to 26 s',
    '35 s to 40 s',
    '45 s to 50 s',
  ])
  const open = section.replace(/<details>[\s\S]*?<\/details>/g, '')
  expect(drawn(open)).toEqual(['5 s to 10 s', '15 s to 20 s', '35 s to 40 s', '45 s to 50 s'])
  expect(section).toContain(
    '<p class="aside">Open are the drawings of the 4 after which most requests were lost or late, the others folded up. ',
  )
  // What did not strike in the first replication has no drawing, and is no reason to speak of several.
  expect(ran.result.faults[5]!.during).toBeUndefined()
})

it('of very many faults the least grave are not drawn, and that is said', () => {
  const [fault] = ran.result.faults
  const many = { ...ran.result, faults: Array.from({ length: 20 }, () => ({ ...fault! })) }
  const section = sectionOf(toHtml({ version: 1, results: [many] }, [ran.scenario], assets))
  expect(section.match(/<h3>/g)).toHaveLength(20)
  expect(section.match(/What passed while it lasted: /g)).toHaveLength(16)
  expect(section.match(/<details><summary>What passed/g)).toHaveLength(12)
  expect(section).toContain('Drawn are the 16 after which most requests were lost or late. Open are ')
})

it('what was struck and answered nobody is red, and says so once', () => {
  const [first] = /<figure class="architecture">\n<figcaption>What passed[\s\S]*?<\/figure>/.exec(page)!
  expect(first).toMatch(/class="box silent struck" data-component="a"/)
  expect(first).toContain('⚡ crash')
  expect(first).not.toContain('no answers')
  expect(first).toMatch(/data-component="b"[\s\S]*?service · \d+(\.\d)?\/s/)
})

it('a summary tells of three, and folds up the others', () => {
  const summary = toMarkdown({ version: 1, results: [ran.result] }, [ran.scenario], 'nines run five.yaml')
  const [open, folded] = summary.split('<details><summary>3 more faults</summary>')
  expect(open!.match(/^- The /gm)).toHaveLength(3)
  expect(folded!.split('</details>')[0]!.match(/^- The /gm)).toHaveLength(3)
})

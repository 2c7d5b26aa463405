import { expect, test } from 'vitest'
import { dot } from '../../../reports/drawing/dot.js'
import { mermaid } from '../../../reports/drawing/mermaid.js'
import { standalone } from '../../../reports/drawing/standalone.js'
import { underLoad } from '../../../reports/drawing/under-load.js'
import { bare } from '../../../reports/drawing/view.js'
import { parseScenario } from '../../../sim/scenario/parse.js'
import { ran } from '../../support/ran.js'

/** Names that are words of the languages, and letters that mean something there. */
const odd = parseScenario(
  `
name: 'Odd "names"'
hosts: { end: { zone: "z [1]" }, 'h"x': { cores: 2 } }
users: { class: { arrive: poisson(1/s), to: graph } }
components:
  graph: { kind: balancer, host: end, servers: ['a"b <i> & #35; \`c\`\\d', subgraph] }
  'a"b <i> & #35; \`c\`\\d': { kind: service, service: 1ms, host: 'h"x' }
  subgraph: { kind: service, service: 1ms }
`,
  'odd.yaml',
)

test('Mermaid has each name in quotes, its letters as numbers, and boxes in their frames', () => {
  expect(mermaid(odd, bare)).toBe(`flowchart TB
  n0(["class<br/>poisson#40;1/s#41;"])
  n3["subgraph<br/>service"]
  subgraph f1["zone z #91;1#93;"]
    subgraph f0["end · 1 core"]
      n1["graph<br/>balancer"]
    end
  end
  subgraph f2["h#34;x · 2 cores"]
    n2["a#34;b #60;i#62; #38; #35;35; #96;c#96;#92;d<br/>service"]
  end
  n0 --> n1
  n1 --> n2
  n1 --> n3
`)
})

test('Graphviz has them in quotes with backslashes', () => {
  expect(dot(odd, bare)).toBe(`digraph "Odd \\"names\\"" {
  rankdir=TB
  node [shape=box, style="rounded,filled", fillcolor=white, fontname="Helvetica", fontsize=11]
  edge [fontname="Helvetica", fontsize=9, color="#5b6776"]
  graph [fontname="Helvetica", fontsize=10, labeljust=l]
  "class" [shape=oval, label="class\\npoisson(1/s)"]
  "subgraph" [label="subgraph\\nservice"]
  subgraph cluster_1 {
    label="zone z [1]"
    style="rounded,dotted"
    subgraph cluster_0 {
      label="end · 1 core"
      style="rounded,filled"; color="#eef0f3"
      "graph" [label="graph\\nbalancer"]
    }
  }
  subgraph cluster_2 {
    label="h\\"x · 2 cores"
    style="rounded,filled"; color="#eef0f3"
    "a\\"b <i> & #35; \`c\`\\\\d" [label="a\\"b <i> & #35; \`c\`\\\\d\\nservice"]
  }
  "class" -> "graph"
  "graph" -> "a\\"b <i> & #35; \`c\`\\\\d"
  "graph" -> "subgraph"
}
`)
})

test('SVG alone brings its style sheet, and says who asks where nobody counted', () => {
  const svg = standalone(odd, bare, '.drawing{color:red}')
  expect(svg).toMatch(
    /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" class="drawing"[^>]*>\n<style>\.drawing\{color:red\}<\/style>/,
  )
  expect(svg).toContain('>poisson(1/s)</text>')
  expect(svg).toContain('<title>a&quot;b &lt;i&gt; &amp; #35; `c`\\d (service)</title>')
  expect(svg).not.toMatch(/class="(trough|level)/)
})

test('what was found under load is in each of them: how much is used, what comes, what limits', async () => {
  const [{ scenario, result }] = (await ran(`
lasts: 60s
replications: 1
hosts: { h: {} }
users: { web: { arrive: constant(10/s), to: app } }
components:
  app: { kind: app, host: h, workers: 1, service: 75ms, database: [db, copy] }
  db: { kind: mysql, service: 1ms, replicas: [copy] }
  copy: { kind: mysql, service: 1ms }
  watch: { kind: monitor, targets: [app] }
`)) as [Awaited<ReturnType<typeof ran>>[0]]
  const view = underLoad(result)
  const flow = mermaid(scenario, view)
  expect(flow).toContain('n0(["web<br/>9.98/s"])')
  expect(flow).toContain('n0 -->|"9.98/s"| n1')
  expect(flow).toMatch(/n1 -->\|"10\/s"\| n3/)
  expect(flow).toContain('n2 -.->|"copies"| n3')
  expect(flow).toContain('n4 -.->|"watches"| n1')
  expect(flow).toContain('"app<br/>app · 10/s<br/>78% used · bottleneck"')
  expect(flow).toContain('style n1 stroke:#c27c0e,stroke-width:3px')
  const graph = dot(scenario, view)
  expect(graph).toContain('"web" -> "app" [label="9.98/s"]')
  expect(graph).toContain('"app" -> "copy" [label="10/s"]')
  expect(graph).toContain(
    '"app" [label="app\\napp · 10/s\\n78% used · bottleneck", color="#c27c0e", penwidth=3]',
  )
  expect(graph).toContain('"watch" -> "app" [style=dotted, constraint=false, label="watches"]')
})

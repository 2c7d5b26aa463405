import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { file, folder, nines, queueOf } from '../support/nines.js'

const at = folder()
const scenario = file(at, 'mm1.yaml', queueOf(60))
const load = ['--set', 'users.web.arrive=poisson({x}/s)']
const brief = ['--replications', '4', '--quiet']

it('tells where the knee is, in a table of at most 100 columns', async () => {
  const out = path.join(at, 'knee')
  const { code, stdout } = await nines(
    'sweep',
    scenario,
    ...load,
    '--x',
    '40..160:40',
    ...brief,
    '--out',
    out,
  )
  expect(code).toBe(0)
  for (const line of stdout.split('\n')) expect([...line].length).toBeLessThanOrEqual(100)
  // M/M/1 with 10 ms of service has room for 100 requests per second.
  expect(stdout).toContain('Carries the load up to x=80; from x=120 on q cannot keep up.')
  const page = readFileSync(path.join(out, 'sweep.html'), 'utf8')
  expect(page).toContain('Carries the load up to x=80; from x=120 on q cannot keep up.')
  const [, json] = /<script type="application\/json">(.*?)<\/script>/s.exec(page)!
  const { panels, bands } = JSON.parse(json!)
  expect(bands).toEqual([{ from: 100, to: 160, label: 'q cannot keep up' }])
  const [rate, latency, availability] = panels
  expect(rate.lines[1]).toMatchObject({ name: 'answered', crossed: [120, 160] })
  const [mean] = latency.lines
  // No steady state, so no latency: the line ends.
  expect(mean.points.at(-1)).toEqual([160, null])
  for (const [i, [x, low, high]] of mean.ribbon.entries()) {
    expect(x).toBe(mean.points[i][0])
    expect(low).toBeLessThan(mean.points[i][1])
    expect(high).toBeGreaterThan(mean.points[i][1])
  }
  expect(availability.unit).toBe('share')
  const csv = readFileSync(path.join(out, 'sweep.csv'), 'utf8').trim().split('\n')
  expect(csv[0]).toMatch(/^x,scenario,.*,overloaded$/)
  expect(csv.slice(1).map((line) => [line.split(',')[0], line.split(',').at(-1)])).toEqual([
    ['40', ''],
    ['80', ''],
    ['120', 'q'],
    ['160', 'q'],
  ])
})

it('meets the same visitors at every point', async () => {
  const set = ['--set', 'components.q.service=exponential({x}ms)', '--x', '2,5,7']
  const { stdout } = await nines('sweep', scenario, ...set, ...brief, '--warmup', '10s', '--format', 'json')
  const { points } = JSON.parse(stdout)
  const offered = points.map(
    (point: { result: { requests: { offered: number } } }) => point.result.requests.offered,
  )
  expect(new Set(offered).size).toBe(1)
})

it('draws a curve for each value of the second dimension and a chart for each of the third', async () => {
  const out = path.join(at, 'three')
  const more = ['--set', 'components.q.servers={y}', '--set', 'components.q.discipline={z}']
  const values = ['--x', '30,60', '--y', '1,2', '--z', 'fifo,ps']
  const { stdout, stderr } = await nines(
    'sweep',
    scenario,
    ...load,
    ...more,
    ...values,
    ...brief,
    '--out',
    out,
  )
  expect(stderr).toBe('')
  expect(stdout).toContain('With y=2, z=ps: no point is overloaded.')
  const page = readFileSync(path.join(out, 'sweep.html'), 'utf8')
  const charts = [...page.matchAll(/<script type="application\/json">(.*?)<\/script>/gs)].map(([, json]) =>
    JSON.parse(json!),
  )
  expect(charts.map((chart) => chart.panels[0].lines.map((line: { name: string }) => line.name))).toEqual([
    ['y=1', 'y=2'],
    ['y=1', 'y=2'],
  ])
})

it('judges expectations with --check, and tells what is wrong once for all points', async () => {
  const unmet = file(at, 'unmet.yaml', `${queueOf(20)}expect: { latency_mean: "<= 1ms" }\n`)
  const x = ['--x', '10,20', ...brief]
  expect((await nines('sweep', unmet, ...load, ...x, '--check')).code).toBe(1)
  expect((await nines('sweep', unmet, ...load, ...x)).code).toBe(0)
  const wrong = await nines('sweep', scenario, ...load, ...x, '--set', 'components.q.servers=-1')
  expect(wrong.code).toBe(2)
  expect(wrong.stderr.match(/components\.q\.servers/g)).toHaveLength(1)
})

it.each([
  [['--x', '1,1'], '"1" is there twice'],
  [['--x', '5..1'], 'a range that goes up'],
  [['--x', '1,2', '--y', '1,2'], 'no --set speaks of {y}'],
  [['--x', '1,2', '--resume'], '--resume needs the --out'],
])('refuses %j', async (more, says) => {
  const { code, stdout, stderr } = await nines('sweep', scenario, ...load, ...more)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(says)
})

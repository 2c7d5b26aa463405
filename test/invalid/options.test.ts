import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { built } from '../support/built.js'

const folder = mkdtempSync(path.join(tmpdir(), 'nines-options-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(
  path.join(folder, 'ok.yaml'),
  'lasts: 5s\nreplications: 2\nusers: { web: { arrive: poisson(80/s), to: q, retries: 1 } }\ncomponents: { q: { kind: service, service: 1ms } }\n',
)

/** What the command says on standard error, of which nothing may be on standard output. */
function said(...args: string[]): string[] {
  const { status, stdout, stderr } = spawnSync('node', [built('cli/main.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect(status, stderr).toBe(2)
  expect(stdout).toBe('')
  return stderr.trimEnd().split('\n')
}

test('what --set and its like say is checked as the file is, all at once', () => {
  const settings = [
    'user.web.retries=3',
    'users.web.retires=3',
    'components.q.service=3',
    'lasts.x=3',
    'novalue',
    '=3',
    'users..web=3',
    'users.web.mix={ a: 1, a: 2 }',
  ]
  expect(
    said(
      'run',
      'ok.yaml',
      '--lasts',
      '10',
      '--warmup=-3s',
      '--seed',
      '',
      ...settings.flatMap((s) => ['--set', s]),
    ),
  ).toEqual([
    '--set: user.web.retries: there is no "user" in ok.yaml; did you mean "users"?',
    '--set: lasts.x: there is no place for "lasts.x" in ok.yaml: lasts is "10", and can only be set as a whole',
    '--set: expected path=value, such as users.web.retries=2, not "novalue"',
    '--set: expected path=value, such as users.web.retries=2, not "=3"',
    '--set: expected path=value, such as users.web.retries=2, not "users..web=3"',
    '--set: users.web.mix: the key "a" is there twice',
    '--set: components.q.service: expected a duration such as 40ms or 2min, not "3" without a unit',
    '--set: users.web.retires: there is no option "retires"; did you mean "retries"?',
    '--seed: expected a number or a word, not an empty text',
    '--lasts: expected a duration such as 40ms or 2min, not "10" without a unit',
    '--warmup: expected auto, or a duration of 0 or more, not a negative one',
  ])
})

test.each([
  [['run', 'no-such.yaml', '.'], 'no-such.yaml: cannot be read: there is no such file'],
  [['runn', 'ok.yaml'], "error: unknown command 'runn'"],
  [['run'], "error: missing required argument 'file'"],
  [['run', 'ok.yaml', '--fromat', 'json'], "error: unknown option '--fromat'"],
  [
    ['run', 'ok.yaml', '--format', 'xml'],
    "error: option '--format <format>' argument 'xml' is invalid. Allowed choices are text, json, csv, markdown.",
  ],
  [
    ['run', 'ok.yaml', '--jobs', '1e9'],
    "error: option '--jobs <n>' argument '1e9' is invalid. expected a whole number from 1 to 256.",
  ],
  [
    ['run', 'ok.yaml', '--replications', '0'],
    "error: option '--replications <n>' argument '0' is invalid. expected a whole number from 1 to 100000.",
  ],
  [
    ['run', 'ok.yaml', '--precision', '0%'],
    "error: option '--precision <share>' argument '0%' is invalid. expected a share above 0%.",
  ],
  [['compare', 'ok.yaml'], 'compare takes two scenario files or more'],
  [
    ['compare', 'ok.yaml', 'ok.yaml', '--loss-replications', '3'],
    '--loss-replications: goes with --lose-hosts',
  ],
  [
    ['draw', 'ok.yaml', '--jobs', '2', '--replications', '3', '--seed', '1', '--quiet'],
    '--seed, --replications, --jobs: nothing is run for a drawing, but for what --by shows in it',
  ],
  [
    ['availability', 'ok.yaml', '--structure', '--effort', '1M', '--joint', '--queue', 'redis://host'],
    '--effort, --joint, --queue: --structure simulates no requests',
  ],
  [['availability', 'ok.yaml', '--structure', '--resume'], '--resume: --structure simulates no requests'],
  [
    ['trace', 'ok.yaml', '--replications', '7'],
    '--replications: the requests of the first replication are traced',
  ],
  [['init', '--force'], '--force: no file is written'],
  [['init', '02-distributed', '-o', '-', '--force'], '--force: no file is written'],
  [['explain', 'ok.yaml', '--resume'], '--resume needs the --out of the explain that stopped'],
  [
    ['run', 'ok.yaml', '--set', 'faults=[]', '--set', 'faults.1=x'],
    '--set: faults.1: there is no place for "faults.1" in ok.yaml: faults has 0 entries, counted from 0',
  ],
  [
    ['run', 'ok.yaml', '--set', 'expect.p99=<= 1s'],
    '--set: expect.p99: there is no "expect" in ok.yaml (known: lasts, replications, users, components)',
  ],
  [['list', 'nginxx'], 'nothing is named "nginxx"; did you mean "nginx"?'],
  [['list', 'exp'], 'nothing is named "exp"; did you mean "exponential"?'],
  [
    ['sweep', 'ok.yaml', '--x', '1..10:0', '--set', 'users.web.retries={x}'],
    '--x: expected a range that goes up, from..to:step, not "1..10:0"',
  ],
  [
    ['run', 'ok.yaml', '--out', 'ok.yaml'],
    `--out: nothing can be written into ok.yaml: ${folder}/ok.yaml is no folder`,
  ],
  [
    ['run', 'ok.yaml', '--out', '/dev/null/x'],
    '--out: nothing can be written into /dev/null/x: /dev/null is no folder',
  ],
  [
    ['run', 'ok.yaml', '--out', '/proc/x'],
    '--out: nothing can be written into /proc/x: no folder can be made',
  ],
  [['run', 'ok.yaml', '--out', ''], '--out: nothing can be written into "": it has no name'],
])('%s', (args, first) => {
  expect(said(...args)[0]).toBe(first)
})

test('nothing is written where the scenario or an option is bad', () => {
  said('run', 'ok.yaml', '--lasts', '10', '--out', 'results')
  expect(existsSync(path.join(folder, 'results'))).toBe(false)
  expect(readdirSync(folder)).toEqual(['ok.yaml'])
})

import { spawnSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { beforeEach, describe, expect, it, test } from 'vitest'
import { built } from '../support/built.js'
import { file, folder, queueOf, start } from '../support/nines.js'

let at = ''
let out = ''
let scenario = ''
beforeEach(() => {
  at = folder()
  out = path.join(at, 'out')
  scenario = file(at, 'own.yaml', `replications: 2\n${queueOf(5)}expect: { latency_mean: "<= 1ms" }\n`)
})

const program = `node ${built('cli/main.js')}`
/** In a shell, in `at`. */
function shell(command: string) {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
    cwd: at,
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { status, stdout, stderr }
}
const nines = (args: string) => shell(`${program} ${args}`)
const run = 'run own.yaml --quiet'
const sweep = "sweep own.yaml --quiet --set 'users.web.retries={x}' --x 0,1"

describe('what cannot be written is told in words, with exit code 2', () => {
  test.each([
    run,
    sweep,
    'compare own.yaml own.yaml --quiet',
    'check own.yaml',
    'trace own.yaml',
    'list',
    '--help',
  ])('%s > /dev/full', (command) => {
    expect(nines(`${command} > /dev/full`)).toEqual({
      status: 2,
      stdout: '',
      stderr: 'cannot write to standard output: the disk is full\n',
    })
  })

  it('a pipe that nobody reads any more is no failure, and hides no verdict', () => {
    for (const [more, code] of [
      ['', 0],
      ['--check', 1],
    ] as const) {
      const { stderr, stdout } = shell(`set -o pipefail; ${program} ${run} ${more} | true; echo $?`)
      expect({ stdout, stderr }).toEqual({ stdout: `${code}\n`, stderr: '' })
    }
  })

  it.each([
    ['a folder', 'mkdir', 'it is a folder'],
    ['a pipe', 'mkfifo', 'it is no regular file'],
    ['a link', 'ln -s ../precious', 'it is a link'],
  ])('a journal that is %s', (_, make, reason) => {
    file(at, 'precious', 'precious')
    mkdirSync(out)
    shell(`${make} out/journal`)
    for (const resume of ['', '--resume'])
      expect(nines(`${sweep} --out out ${resume}`)).toEqual({
        status: 2,
        stdout: '',
        stderr: `cannot write the journal out/journal: ${reason}\n`,
      })
    expect(readFileSync(path.join(at, 'precious'), 'utf8')).toBe('precious')
    expect(readdirSync(out)).toEqual(['journal'])
  })

  it('a result that is in the way', () => {
    mkdirSync(path.join(out, 'components.csv/x'), { recursive: true })
    expect(nines(`${run} --out out`)).toMatchObject({
      status: 2,
      stderr: 'cannot write out/components.csv: it is a folder\n',
    })
    expect(readdirSync(out)).toEqual(['components.csv'])
  })

  it.each([
    [run, 'results.json'],
    [sweep, 'sweep.json'],
  ])('%s: a disk that is full leaves neither half files nor new ones beside old ones', (command, result) => {
    // A bound on the size of files stands in for the end of the disk.
    expect(nines(`${command} --out out`).status).toBe(0)
    const before = readdirSync(out)
    const whole = readFileSync(path.join(out, result), 'utf8')
    const { status, stderr } = shell(
      `trap '' XFSZ; ulimit -f 40; ${program} ${command} --out out --seed 2 ${command === sweep ? '--resume' : ''}`,
    )
    expect(status).toBe(2)
    expect(stderr).toMatch(/^cannot write .*: the file would be too long\n$/)
    expect(readdirSync(out)).toEqual(before)
    expect(readFileSync(path.join(out, result), 'utf8')).toBe(whole)
  })
})

describe('--junit', () => {
  it('writes to what is no regular file, which stays what it is', () => {
    expect(nines(`${run} --junit /dev/stdout`).stdout).toMatch(
      /own\. [\s\S]*<testsuites[\s\S]*<\/testsuites>\n$/,
    )
    nines(`${run} --junit /dev/stdout > said`)
    expect(readFileSync(path.join(at, 'said'), 'utf8')).toMatch(
      /^own\. [\s\S]*<testsuites[\s\S]*<\/testsuites>\n$/,
    )
    expect(shell(`${program} ${run} --junit >(tail -n 1) | cat`).stdout).toContain('</testsuites>')
    expect(nines(`${run} --junit /dev/null`)).toMatchObject({ status: 0, stderr: '' })
    expect(nines(`${run} --junit /dev/full`)).toMatchObject({
      status: 2,
      stderr: 'cannot write /dev/full: the disk is full\n',
    })
    shell('mkfifo fifo')
    expect(shell(`cat fifo & ${program} ${run} --junit fifo > said; wait`).stdout).toMatch(
      /<\/testsuites>\n$/,
    )
    for (const device of ['/dev/null', '/dev/full']) expect(lstatSync(device).isCharacterDevice()).toBe(true)
    expect(lstatSync(path.join(at, 'fifo')).isFIFO()).toBe(true)
  })

  it('takes the place of a link, and leaves what is behind it', () => {
    const precious = file(at, 'precious', 'precious')
    symlinkSync(precious, path.join(at, 'junit.xml'))
    expect(nines(`${run} --junit junit.xml`).status).toBe(0)
    expect(readFileSync(precious, 'utf8')).toBe('precious')
    expect(readFileSync(path.join(at, 'junit.xml'), 'utf8')).toContain('</testsuites>')
    expect(readdirSync(at).sort()).toEqual(['junit.xml', 'own.yaml', 'precious'])
  })

  it.each([
    ["''", "error: option '--junit <file>' argument '' is invalid. expected the name of a file."],
    ['own.yaml/x', 'cannot write own.yaml/x: '],
    ['.', 'cannot write .: it is a folder'],
    ['/proc/x/y', 'cannot write /proc/x/y: '],
  ])('%s', (name, says) => {
    const { status, stderr } = nines(`${run} --junit ${name}`)
    expect(status).toBe(2)
    expect(stderr).toContain(says)
    expect(readdirSync(at)).toEqual(['own.yaml'])
  })
})

describe('a folder of results has one writer', () => {
  const lock = (content: string) => {
    mkdirSync(out, { recursive: true })
    writeFileSync(path.join(out, 'lock'), content)
  }

  it.each([run, sweep, 'compare own.yaml own.yaml --quiet'])('%s', async (command) => {
    const long = start([
      'sweep',
      scenario,
      '--set',
      'seed={x}',
      '--x',
      '1..200',
      '--lasts',
      '10min',
      '--out',
      out,
      '--jobs',
      '1',
    ])
    const end = long.ended
    while (!existsSync(path.join(out, 'journal'))) await new Promise((resolve) => setTimeout(resolve, 50))
    const second = nines(`${command} --out out`)
    expect(second).toEqual({
      status: 2,
      stdout: '',
      stderr: `--out: nothing can be written into out: another run has it (process ${long.process.pid} on ${hostname()}); if there is none, remove ${out}/lock\n`,
    })
    long.process.kill('SIGKILL')
    await end
    // Killed: its lock is there, and held by nobody.
    expect(existsSync(path.join(out, 'lock'))).toBe(true)
    expect(nines(`${command} --out out`)).toMatchObject({ status: 0, stderr: '' })
    expect(readdirSync(out).filter((name) => /lock|part/.test(name))).toEqual([])
  })

  it('leaves no lock behind, whatever the end', () => {
    for (const command of [run, `${run} --check`, `${run} --junit /dev/full`, `${run} > /dev/full`]) {
      nines(`${command} --out out`)
      expect(existsSync(out)).toBe(true)
      expect(readdirSync(out)).not.toContain('lock')
      rmSync(out, { recursive: true })
    }
  })

  it('does not take a lock of another machine, nor one that does not say whose it is', () => {
    for (const content of ['1 elsewhere.example abc\n', '', 'nonsense\n', `99999999 ${hostname()}\n`]) {
      lock(content)
      expect(nines(`${run} --out out`)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(`remove ${out}/lock`),
      })
    }
  })

  it('gives a stale lock to one of many', async () => {
    lock(`99999999 ${hostname()} abc\n`)
    const args = [
      'sweep',
      scenario,
      '--set',
      'seed={x}',
      '--x',
      '1..200',
      '--lasts',
      '10min',
      '--out',
      out,
      '--jobs',
      '1',
    ]
    const all = Array.from({ length: 4 }, () => start(args))
    const ends = await Promise.race([
      Promise.all(all.map(async (one) => (await one.ended).code)),
      new Promise<null>((resolve) => setTimeout(resolve, 8000, null)),
    ])
    expect(ends).toBeNull()
    const alive = all.filter(({ process }) => process.exitCode === null)
    expect(alive).toHaveLength(1)
    expect(readFileSync(path.join(out, 'lock'), 'utf8')).toMatch(new RegExp(`^${alive[0]!.process.pid} `))
    alive[0]!.process.kill('SIGKILL')
  })
})

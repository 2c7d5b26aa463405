// On every Node that is supported: are the results the same bytes, and does the test suite pass? The Nodes come from
// the npm package "node". Arguments: what vitest is given, such as --project program; none: only the bytes.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'

const NODES = ['20', '22', '24']
const scenario = ['@02-distributed', '--lasts', '30s', '--replications', '2', '--format', 'json', '--quiet']
const tests = process.argv.slice(2)

const on = (node, args, options) =>
  spawnSync('npx', ['--yes', '--prefer-offline', `--package=node@${node}`, '--', 'node', ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
  })

const hashes = new Map()
let failed = false
for (const node of NODES) {
  const version = on(node, ['--version']).stdout.trim()
  if (!version.startsWith(`v${node}.`)) throw new Error(`Node ${node} cannot be had from npm: "${version}"`)
  const { status, stdout, stderr } = on(node, ['dist/cli/main.js', 'run', ...scenario])
  if (status !== 0) throw new Error(`Node ${version}: exit code ${status}: ${stderr}`)
  hashes.set(version, createHash('sha256').update(stdout).digest('hex').slice(0, 16))
  console.log(`Node ${version}: results ${hashes.get(version)}`)
  if (tests.length > 0) {
    const { status } = on(node, ['node_modules/vitest/vitest.mjs', 'run', ...tests], { stdio: 'inherit' })
    failed ||= status !== 0
  }
}
if (new Set(hashes.values()).size > 1) {
  console.error('the results differ between these Nodes')
  failed = true
}
process.exitCode = failed ? 1 : 0

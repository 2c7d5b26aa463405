import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { bundleProgram } from './cli/bundle.mjs'
import { bundle } from './reports/html/bundle.mjs'
import { bundleStudio } from './studio/bundle.mjs'

// Aside, and then put in place: who runs the program meanwhile has the old one whole, or the new one.
const built = mkdtempSync('.build-')
try {
  const compiler = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', built]
  execFileSync('node', compiler, { stdio: 'inherit' })
  await bundleProgram(`${built}/cli`)
  await bundle(`${built}/reports/html`)
  await bundleStudio(`${built}/studio`)
  chmodSync(`${built}/cli/main.js`, 0o755)
  chmodSync(built, 0o755)
  if (existsSync('dist')) renameSync('dist', `${built}.old`)
  renameSync(built, 'dist')
} finally {
  for (const folder of [built, `${built}.old`]) rmSync(folder, { recursive: true, force: true })
}

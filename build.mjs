import { execFileSync } from 'node:child_process'
import { chmodSync, rmSync } from 'node:fs'
import { bundle, copyLicences } from './reports/html/bundle.mjs'

rmSync('dist', { recursive: true, force: true })
execFileSync('node', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
await bundle('dist/reports/html')
copyLicences('dist/reports/html')
chmodSync('dist/cli/main.js', 0o755)

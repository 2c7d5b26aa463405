import { spawn } from 'node:child_process'

/** What opens an address, by platform. */
const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/** Opens `address` in the user's browser. Where there is none he is told: the address has been printed. */
export function openBrowser(address: string): void {
  const [program, ...first] = OPENERS[process.platform] ?? ['xdg-open']
  const alone = () => process.stderr.write('no browser could be opened: open the address above\n')
  const child = spawn(program!, [...first, address], { stdio: 'ignore', detached: true })
  child.on('error', alone)
  child.on('exit', (code) => {
    if (code !== 0) alone()
  })
  child.unref()
}

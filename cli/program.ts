import { Command } from 'commander'
import { version } from './version.js'

/** The program without its commands. */
export const emptyProgram = (): Command =>
  new Command('nines')
    .description('Simulates the traffic of a web stack, request by request: QPS, latency and availability.')
    .version(version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(nines --help shows the commands and options)')
    .addHelpText(
      'after',
      `
Files:
  @02-distributed is the scenario of that name that comes with the program; nines list scenarios shows them all

Exit codes:
  0  done                                      2  a bad scenario file, option or usage
  1  an expectation was not met, with --check  3  the simulator itself failed
                                           130  interrupted: what was there is printed`,
    )

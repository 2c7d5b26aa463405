import { type Program, programs, type Share, shareOf, type Told } from './directives.js'

/** `docs/directives.md`: what the program does with each directive, by program, and the shares. */
export const directivesPage = (all: readonly Told[]): string =>
  [BEFORE, sharesTable(all), AFTER, ...programs.flatMap((program) => partOf(program, all))].join('\n')

const TITLES: Readonly<Record<Program, string>> = {
  haproxy: 'HAProxy',
  nginx: 'Nginx',
  keepalived: 'keepalived',
  mysql: 'MySQL and MariaDB',
  'php-fpm': 'PHP-FPM',
  compose: 'Compose',
}

const KINDS: Readonly<Record<Program, string>> = {
  haproxy: 'kind `haproxy`',
  nginx: 'kind `nginx`',
  keepalived: 'kind `vip`',
  mysql: 'kind `mysql`',
  'php-fpm': 'kind `app`',
  compose: 'components, and the top of the scenario',
}

const BEFORE = `# What the program does with the directives of real configurations

Which words stand in configurations was counted in 303 public files: 55 of HAProxy, 51 of Nginx as a reverse proxy, 36 of
keepalived, 43 of MySQL and MariaDB, 23 pools of PHP-FPM, 95 of Compose. Below is every directive that was found, in how
many files it stands, and what the program does with it:

- **simulated**: as which option of which kind, or of \`users\`, \`hosts\`, \`sizes\`, faults or the scenario itself; where
  that is another word, \`nines check\` says which to whoever writes the real one;
- **not simulated**: it matters, and a scenario that says it is refused (exit code 2), with the reason given here;
- **without influence**: it changes neither how long a request takes here nor what becomes of it (logs, headers, accounts,
  paths, sizes of buffers); a scenario that says it is told to leave it out.

No verdict is written by hand: each is what the kinds themselves say, by their options (\`nines list KIND\`) and by what
\`nines check\` answers for a real option that they do not have. Where another word says it, [the counts](directives.csv)
name that option, and it must be there. A test asks all this of every row, compares this page, and computes the shares;
with \`--update\` it writes the page anew:

\`\`\`sh
npx vitest run --project parts test/kept/directives.test.ts
\`\`\`

An option may take fewer values than the real one: \`nines list\` says which, and the others are refused when they are
written. Public files are smaller and more alike than those of production: limits, hashing and caches are rarer in them.

## How much of what matters is simulated

Rows that matter are all but those without influence. Some only say what stands where and what calls what (sections,
names, addresses): the shares without these are the stricter ones. "By files" counts each row as often as it stands in a
file.
`

const AFTER = `
Three rows of Compose files are left out: extension fields (\`x-...\`), and two services that stand at the top by mistake.
`

const percent = (part: number, whole: number): string =>
  whole === 0 ? 'none' : `${((100 * part) / whole).toFixed(1)} %`

function sharesTable(all: readonly Told[]): string {
  const cells = ({ matter, simulated, files, simulatedFiles }: Share) =>
    `${simulated} of ${matter} | ${percent(simulated, matter)} | ${percent(simulatedFiles, files)}`
  const lines = programs.map((program) => {
    const rows = all.filter((row) => row.program === program)
    const strict = rows.filter(({ structure }) => !structure)
    return `| ${TITLES[program]} | ${rows.length} | ${cells(shareOf(rows))} | ${cells(shareOf(strict))} |`
  })
  return [
    '| | rows | simulated, of those that matter | | by files | without structure | | by files |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n')
}

function partOf(program: Program, all: readonly Told[]): string[] {
  const rows = all.filter((row) => row.program === program)
  const idle = rows.filter(({ verdict }) => verdict === 'without influence')
  const others = rows.filter(({ verdict }) => verdict !== 'without influence')
  return [
    `## ${TITLES[program]}`,
    '',
    `${rows[0]!.of} files; ${KINDS[program]}.`,
    '',
    '| directive | files | | as what, or why not |',
    '| --- | --- | --- | --- |',
    ...others.map(
      ({ directive, files, verdict, says }) => `| \`${directive}\` | ${files} | ${verdict} | ${cell(says)} |`,
    ),
    '',
    `Without influence (files): ${idle.map(({ directive, files }) => `\`${directive}\` ${files}`).join(', ')}.`,
    '',
  ]
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

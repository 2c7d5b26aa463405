import { cpus } from 'node:os'
import { ms, short, shown } from './summary.mjs'

const mib = (bytes, digits) => `${(bytes / 2 ** 20).toFixed(digits)} MiB`

function table(head, lines) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...lines.map(line)].join('\n')
}

/** `title` where it is another than that of the row before. */
const heading = (rows, i) => (rows[i].title === rows[i - 1]?.title ? '' : rows[i].title)

function compared(rows, unit) {
  const latencies = rows.some(({ mean }) => mean !== undefined)
  return table(
    ['', 'by', `${unit} per CPU-second`, 'nines / it', ...(latencies ? ['mean', 'p99'] : [])],
    rows.map((row, i) => [
      heading(rows, i),
      row.name,
      shown(row.rate),
      row.ratio === null ? '' : shown(row.ratio),
      ...(latencies ? [ms(row.mean), ms(row.p99)] : []),
    ]),
  )
}

function jobs(threads) {
  if (threads.length === 0) return ''
  return `## Two jobs

${table(
  ['--jobs', 'seconds', 'times as fast as one'],
  threads.map(({ jobs, seconds, faster }) => [jobs, shown(seconds), jobs === 1 ? '' : shown(faster)]),
)}

60 replications of \`bench/scenarios/four-tier.yaml\` by \`nines run\`, as a user sees it: wall clock, start-up included.
The cores were free but for what else the machine does.

`
}

/**
 * docs/performance.md.
 *
 * @param {object} found
 * @param {import('./summary.mjs').Row[]} found.rows
 * @param {{ jobs: number, seconds: import('./summary.mjs').Spread, faster: import('./summary.mjs').Spread }[]} found.threads
 * @param {{ count: number, bytes: number }[]} found.inFlight
 * @param {{ count: number, heap: number, rss: number }[]} found.flat
 * @param {number} found.rounds
 * @param {Map<string, string>} found.present peers and their versions
 * @param {Map<string, string>} found.missing
 */
export function page({ rows, threads, inFlight, flat, rounds, present, missing }) {
  const of = (group) => rows.filter((row) => row.group === group)
  return `<!-- Written by \`npm run bench\`; changes made here are lost. -->

# Performance

\`npm run bench\` measured what stands here and wrote it down, on ${cpus()[0].model.trim()} with Node ${process.version}.
Every program ran as a process of its own, in ${rounds} rounds of all programs in turn. The unit is the CPU-second: user
and system time of all threads of the process, garbage collection included. Neither start-up nor a warm-up is
counted (SimPy has none: nothing in it becomes faster). Figures are medians over the rounds, with the least and the
greatest behind. "nines / it" is nines' rate divided by the other's, for each round by itself: above 1, nines is
faster. How fast a CPU-second is depends on what else the machine does; ratios within a round suffer less from it.

To run it: \`npm run bench\` (\`-- --quick\` for a look in a minute or two). What is not installed of the others is
left out; g++, \`apt-get install python3-simpy3\` and \`npm ci --prefix bench/peers\` bring them.

## The same work by others

![Requests per CPU-second, on a logarithmic axis](performance.svg)

${compared(of('peers'), 'requests')}

nines runs these as scenarios, from the text of the file to the results, with the probes of every component and
the latency histogram: \`bench/scenarios/mm1.yaml\` (one server at 80 %) and \`bench/scenarios/four-tier.yaml\`
(Poisson arrivals, 1600/s; in turn over two web stations of 4 workers; from each of them in turn over two application
stations of 8; one request in five to a primary with 4, the others to a replica with 8; visitors who leave after a
second). At 100 x, arrivals and workers are a hundred times as many. Mean and 99th percentile of the latency show that all
programs simulate the same thing; those that run fewer requests, because they are slower, vary more.

The others are in \`bench/peers/\`:

${[...present].map(([name, version]) => `- ${name}: ${version}`).join('\n')}
${[...missing.keys()].map((name) => `- ${name}: not installed, left out\n`).join('')}
The programs in C++ are written for the one model each, as the limit: requests in columns of arrays, timeouts in a
ring, the same histogram, no probes. Their future event list is \`std::priority_queue\`, or a heap with four children
to a node. The others use their library as its manual shows; SimPy collects latencies in a list.

## The shipped scenarios

${table(
  ['', 'requests per CPU-second', 'events for a request'],
  of('scenarios').map(({ title, rate, events }) => [`\`${title}\``, shown(rate), events.toFixed(1)]),
)}

Everything on, as the files stand; \`warmup: 0s\`, so that all requests are counted.

${jobs(threads)}## The calendar by itself

${compared(of('hold'), 'holds')}

The hold model: so many events are pending; each, when its time has come, enters the next one an exponential time
ahead.

## Memory

${table(
  ['requests in flight', 'bytes for each'],
  inFlight.map(({ count, bytes }) => [short(count), bytes.toFixed(0)]),
)}

A request in flight is in service at an unlimited station, and its visitor's timeout runs
(\`bench/scenarios/in-flight.yaml\`); what the heap and typed arrays grew by, after garbage collection.

${table(
  ['requests simulated', 'heap', 'process'],
  flat.map(({ count, heap, rss }) => [short(count), mib(heap, 2), mib(rss, 1)]),
)}

One run of the four tiers at 1 x, looked at on its way, after garbage collection.
`
}

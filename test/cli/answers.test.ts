import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { pointsOf } from '../../reports/spof-verdict.js'
import { rate } from '../../reports/words/capacity-words.js'
import { percent } from '../../reports/words/numbers.js'
import { minutes } from '../../reports/words/years.js'
import type { Capacity } from '../../sim/experiments/capacity/answer.js'
import type { NinesResult } from '../../sim/experiments/nines/nines-result.js'
import type { Spofs } from '../../sim/experiments/spof/spof-result.js'
import { root } from '../support/built.js'
import { nines } from '../support/nines.js'

const page = path.join(root, 'docs/answers.md')
const text = readFileSync(page, 'utf8')
/** The commands that the page shows, as they are typed there. */
const [capacity, spof, availability] = [...text.matchAll(/^npx nines (.*)$/gm)].map(([, command]) =>
  command!.split(' '),
) as [string[], string[], string[]]

async function answers<T>(command: readonly string[], key: string): Promise<T[]> {
  const { stdout, code, stderr } = await nines(...command, '--format', 'json', '--quiet')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)[key]
}

const table = (rows: readonly (readonly string[])[]): string => {
  const [head, ...body] = rows
  return [head!, head!.map(() => '---'), ...body].map((row) => `| ${row.join(' | ')} |`).join('\n')
}
const none = (names: readonly string[]): string => (names.length === 0 ? '–' : names.join(', '))

function overview(
  capacities: readonly Capacity[],
  spofs: readonly Spofs[],
  years: readonly NinesResult[],
): string {
  return table([
    [
      '',
      'carries',
      'first limit',
      'single points of failure',
      'missed all the same',
      'downtime a year',
      'by the wiring',
    ],
    ...capacities.map((one, i) => [
      one.scenario,
      rate(one),
      `${one.bottleneck!.part}: ${one.bottleneck!.place}`,
      none(pointsOf(spofs[i]!, ['hard', 'writes'])),
      none(
        boxes(spofs[i]!)
          .filter(({ severity }) => severity === 'capacity')
          .map(({ part }) => part),
      ),
      minutes(years[i]!.downtime_min_per_year.value!),
      minutes((1 - years[i]!.availability.structural.value!) * 525_600),
    ]),
  ])
}

const boxes = ({ parts }: Spofs) => parts.filter(({ what }) => what !== 'wire')

/** Machines: what the wiring says is left without them, and what is. */
const machines = (spofs: readonly Spofs[]): string =>
  table([
    ['', 'without', 'by the wiring', 'answered well'],
    ...spofs.flatMap((one) =>
      boxes(one)
        .filter(({ what, severity }) => what === 'host' && severity !== 'none' && severity !== 'blind')
        .map(({ part, structural, good }) => [
          one.scenario,
          part,
          structural.length === 0
            ? 'all'
            : structural.length === one.classes.length
              ? 'nothing'
              : one.classes.filter((name) => !structural.includes(name)).join(' and '),
          percent(good.value!),
        ]),
    ),
  ])

/** Set by .ci/run, which runs the commands of the page briefly: all of it takes minutes of a core. */
it(
  'docs/answers.md shows what the three commands find in the four architectures',
  {
    timeout: 600_000,
  },
  async () => {
    const found = {
      capacities: await answers<Capacity>(capacity, 'capacities'),
      spofs: await answers<Spofs>(spof, 'spofs'),
      availabilities: await answers<NinesResult>(availability, 'availabilities'),
    }
    const tables = [overview(found.capacities, found.spofs, found.availabilities), machines(found.spofs)]
    const shown = /^\|[\s\S]*?\|$(?=\n\n)/gm
    let place = 0
    const renewed = text.replace(shown, () => tables[place++]!)
    expect(place).toBe(tables.length)
    if (process.env.NINES_UPDATE) writeFileSync(page, renewed)
    else expect(text).toBe(renewed)
  },
)

import { describe, expect, test } from 'vitest'
import type { ReplicationRecord } from '../../../sim/experiments/replicate.js'
import { fatesOf, unseenIn } from '../../../sim/experiments/spof/fates.js'
import { parseScenario } from '../../../sim/scenario/parse.js'

const scenario = parseScenario(
  `
users:
  web: { arrive: poisson(1/s), to: a }
  batch: { arrive: "closed(users=1, think=1s)", to: a }
components: { a: { kind: service, service: 1ms } }`,
  'two.yaml',
)
const accounts = ['web', 'batch'].map((users) => ({ users, class: 'request' }))
const [web, batch] = accounts as [(typeof accounts)[number], (typeof accounts)[number]]

/** A run in three windows: answers in each, and who asked, of either kind of users. */
const run = (ofWeb: number[], ofBatch: number[], asked = ofWeb) =>
  [
    {
      timeline: ofWeb.map((n, i) => ({ oks: [n, ofBatch[i]], asks: [asked[i], ofBatch[i]] })),
    },
  ] as unknown as ReplicationRecord[]

const many = [100, 100, 100]
const fates = (
  [webThere, batchThere]: [number[], number[]],
  [webUsual, batchUsual]: [number[], number[]] = [many, many],
) => fatesOf(scenario, accounts, run(webThere, batchThere), run(webUsual, batchUsual))

describe('in the end', () => {
  test('who has hardly an answer left is not answered, and who has fewer lacks some', () => {
    expect(fates([[0, 0, 0], many])).toEqual({ unanswered: [web], undecided: [], lacking: [] })
    expect(fates([many, [0, 0, 1]])).toMatchObject({ unanswered: [] })
    const half = fates([many, [100, 50, 50]])
    expect(half).toEqual({ unanswered: [], undecided: [], lacking: [{ ...batch, missing: 0.5 }] })
    // It is over, or no more than chance.
    expect(fates([many, [0, 0, 100]])).toEqual({ unanswered: [], undecided: [], lacking: [] })
    expect(fates([many, [100, 100, 81]]).lacking).toEqual([])
  })

  test('who had no answer then without the loss either is undecided, if he lost one before', () => {
    expect(fates([[90, 100, 0], many], [[100, 100, 0], many]).undecided).toEqual([web])
    expect(fates([[100, 100, 0], many], [[100, 100, 0], many]).undecided).toEqual([])
    // Who was never answered loses nothing.
    expect(fates([[0, 0, 0], many], [[0, 0, 0], many])).toMatchObject({ unanswered: [], undecided: [] })
  })

  test('of a few answers none may be left by chance, unless nobody else has one, or none was left all the time', () => {
    expect(fates([[1, 0, 0], many], [[1, 1, 2], many]).undecided).toEqual([web])
    expect(fates([[1, 0, 1], many], [[1, 1, 2], many]).undecided).toEqual([])
    expect(fates([[0, 0, 0], many], [[2, 2, 2], many]).unanswered).toEqual([web])
    expect(
      fates(
        [
          [1, 0, 0],
          [0, 0, 0],
        ],
        [[1, 1, 2], many],
      ),
    ).toMatchObject({
      unanswered: accounts,
      undecided: [],
    })
  })
})

test('of whom little can be told is said, and since when', () => {
  const unseen = (...these: Parameters<typeof run>) =>
    unseenIn(scenario, accounts, run(...these)).map(({ users, when, because }) => [users, when, because])
  expect(unseen(many, many)).toEqual([])
  expect(unseen([9, 9, 0], many)).toEqual([['web', 'at the end', 'not asked']])
  expect(unseen([9, 9, 0], many, [9, 9, 9])).toEqual([['web', 'at the end', 'not answered']])
  expect(unseen([9, 9, 4], many)).toEqual([['web', 'at the end', 'few answered']])
  expect(unseen([0, 0, 0], many)).toEqual([['web', 'ever', 'not asked']])
  // Who waits for an answer before he asks again is there all the time.
  expect(unseen(many, [9, 0, 0])).toEqual([['batch', 'at the end', 'not answered']])
  expect(unseen(many, [0, 0, 0])).toEqual([['batch', 'ever', 'not answered']])
})

import { afterEach, expect, it, vi } from 'vitest'
import { Exit, exitCodes } from '../../cli/exit.js'
import { conclude } from '../../cli/objectives.js'
import type { RunOptions } from '../../cli/options.js'
import type { Judgement, Result } from '../../sim/experiments/result.js'

afterEach(() => vi.restoreAllMocks())

type Verdict = Judgement['verdict']

/** The exit code of a run whose expectations were judged so. */
function code(verdicts: readonly Verdict[], check: boolean, cut = false): number {
  const results = [{ expectations: verdicts.map((verdict) => ({ verdict })) }] as unknown as Result[]
  try {
    conclude({ check } as RunOptions, cut, results)
    return exitCodes.done
  } catch (error) {
    if (!(error instanceof Exit)) throw error
    return error.code
  }
}

it.each<[string, Verdict[], number]>([
  ['all are met', ['met', 'met'], 0],
  ['one is not met', ['met', 'not met'], 1],
  ['one is undecided: that is not met', ['met', 'undecided'], 1],
])('--check, and %s', (_, verdicts, expected) => {
  expect(code(verdicts, true)).toBe(expected)
  expect(code(verdicts, false)).toBe(0)
})

it('work that was cut short says that, whatever was expected', () => {
  expect(code(['not met'], true, true)).toBe(130)
  expect(code(['met'], false, true)).toBe(130)
})

it('says that nothing was expected only to who asked', () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  expect(code([], false)).toBe(0)
  expect(said).not.toHaveBeenCalled()
  expect(code([], true)).toBe(0)
  expect(said).toHaveBeenCalledWith(expect.stringContaining('nothing was expected'))
})

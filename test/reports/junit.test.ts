import { expect, test } from 'vitest'
import { toJunit } from '../../reports/junit.js'
import type { Judgement, Result } from '../../sim/experiments/result.js'

const judgement = (verdict: Judgement['verdict'], text = 'latency_p99 <= 500ms'): Judgement => {
  const value = { value: 0.0403, low: 0.0401, high: 0.0405 }
  const reason = verdict === 'undecided' ? { reason: 'more replications would settle it' } : {}
  return { text, metric: 'latency_p99', relation: '<=', unit: 's', bound: 0.5, value, verdict, ...reason }
}
const result = (scenario: string, ...expectations: Judgement[]) =>
  ({
    scenario,
    file: `${scenario}.yaml`,
    seed: '1',
    replications: 20,
    simulated_s: 600,
    expectations,
  }) as Result

test('a suite for each scenario, a test for each expectation, a failure with value and interval', () => {
  const xml = toJunit([
    result('first', judgement('met'), judgement('not met')),
    result('second', judgement('undecided')),
  ])
  expect(xml).toContain('<testsuites name="nines" tests="3" failures="2" errors="0" skipped="0">')
  expect(xml).toContain('<testsuite name="first" tests="2" failures="1" errors="0" skipped="0">')
  expect(xml.match(/<testcase name="latency_p99 &lt;= 500ms" classname="(first|second)"/g)).toHaveLength(3)
  expect(xml).toContain(
    '<failure type="not met" message="latency_p99 &lt;= 500ms: not met (40.3 ms, 95% interval 40.1 ms to 40.5 ms)">',
  )
  expect(xml).toMatch(/<failure type="undecided" message="[^"]*more replications would settle it">/)
})

/** What no XML document can say: control characters, half of a character. */
const NEVER = ['\u0000', '\u001b', '\ud800']

test('whatever a scenario is called, the document is well formed and says the same', () => {
  const name = `a "b" <c> & 'd' ]]>\ttab\nline${NEVER.join('')} \u{1f600} é`
  const xml = toJunit([result(name, judgement('not met', name))])
  const [, attribute] = /<testsuite name="([^"]*)"/.exec(xml)!
  const plain = attribute!
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/&lt;|&gt;|&quot;/g, (e) => ({ '&lt;': '<', '&gt;': '>', '&quot;': '"' })[e]!)
    .replaceAll('&amp;', '&')
  expect(plain).toBe(name.replace(NEVER.join(''), '\ufffd'.repeat(NEVER.length)))
  // Outside of tags nothing is left that would need to be escaped, and every tag is closed.
  const tags: string[] = []
  const text = xml
    .replace(/<\?.*?\?>/, '')
    .replace(/<(\/?)(\w+)((?:\s\w+="[^"<]*")*)\s*(\/?)>/g, (_, end, tag, _a, empty) => {
      if (end) expect(tags.pop()).toBe(tag)
      else if (!empty) tags.push(tag)
      return ''
    })
  expect(tags).toEqual([])
  expect(text).not.toMatch(/[<>]|&(?!(lt|gt|amp|quot|#\d+);)/)
})

test('a scenario without expectations is an empty suite', () => {
  const { expectations: _, ...none } = result('none')
  expect(toJunit([none as Result])).toContain('<testsuite name="none" tests="0" failures="0"')
})

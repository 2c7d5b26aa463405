import { expect, it } from 'vitest'
import { Outcome } from '../../sim/parts/outcome.js'
import { Request } from '../../sim/parts/request.js'
import { Sizes } from '../../sim/parts/sizes.js'
import { Constant, type Distribution } from '../../sim/random/distribution.js'
import { Exponential } from '../../sim/random/distributions.js'
import { Stream } from '../../sim/random/stream.js'

const sizes = (law: Distribution, other = law) =>
  new Sizes([law, other], [other, law], { requests: new Stream('requests'), answers: new Stream('answers') })
const asked = (key: number, kind = 0) => {
  const request = new Request()
  request.identify(key, 7, false)
  request.class = kind
  return request
}

it('are those of the class', () => {
  const both = sizes(new Constant(500), new Constant(2000))
  expect([0, 1].map((kind) => both.ofRequest(asked(1, kind)))).toEqual([500, 2000])
  expect([0, 1].map((kind) => both.ofAnswer(asked(1, kind)))).toEqual([2000, 500])
})

it('are the same at every try, and whichever call of a box it is', () => {
  const drawn = sizes(new Exponential(1000))
  const first = drawn.ofAnswer(asked(1))
  const retry = asked(1)
  retry.tryAgain()
  const below = asked(1)
  below.branch(17, 2, 1)
  expect([drawn.ofAnswer(retry), drawn.ofAnswer(below)]).toEqual([first, first])
  expect(drawn.ofAnswer(asked(2))).not.toBe(first)
  expect(drawn.ofRequest(asked(1))).not.toBe(first)
})

it('are nothing for health checks, and for answers that are no success', () => {
  const all = sizes(new Constant(500))
  const check = asked(1)
  check.health = true
  expect([all.ofRequest(check), all.ofAnswer(check)]).toEqual([0, 0])
  const failed = asked(1)
  failed.outcome = Outcome.internalError
  expect([all.ofRequest(failed), all.ofAnswer(failed)]).toEqual([500, 0])
})

it('are no larger than what can be sent in any time', () => {
  expect(sizes(new Constant(1e30)).ofAnswer(asked(1))).toBe(1e12)
})

import { exp, log } from '../arithmetic/elementary.js'
import type { Uniforms } from './stream.js'

/**
 * Exponential and normal numbers by the ziggurat of Marsaglia and Tsang ("The ziggurat method for generating random
 * variables", Journal of Statistical Software 5/8, 2000): the area below the density is covered by 256 layers of
 * equal size, and most points of a layer lie below the density whatever their height. The first 8 bits of one
 * uniform number choose the layer and the other 45 the place in it (and the sign), so that the two are independent
 * (Doornik, "An improved ziggurat method", 2005).
 */
const LAYERS = 256

/** Where the base layer's tail begins, and the area of each layer, for 256 layers: as in the paper. */
const EXPONENTIAL_TAIL = 7.69711747013105
const EXPONENTIAL_AREA = 0.003949659822581557
const NORMAL_TAIL = 3.6541528853610088
const NORMAL_AREA = 0.00492867323399

const bell = (x: number) => exp(-0.5 * x * x)

/** Right edges of the layers, from the base up; that of the base is as if its tail were rectangular too. */
function edges(tail: number, area: number, density: (x: number) => number, inverse: (y: number) => number) {
  const x = new Float64Array(LAYERS + 1)
  x[0] = area / density(tail)
  x[1] = tail
  for (let i = 2; i < LAYERS; i++) x[i] = inverse(density(x[i - 1]!) + area / x[i - 1]!)
  return x
}

const exponentialEdges = edges(
  EXPONENTIAL_TAIL,
  EXPONENTIAL_AREA,
  (x) => exp(-x),
  (y) => -log(y),
)
const normalEdges = edges(NORMAL_TAIL, NORMAL_AREA, bell, (y) => Math.sqrt(-2 * log(y)))

/** Where in its layer, from 0 to 1: the 45 digits of the uniform number that do not choose the layer. */
function place({ high, low }: Uniforms): number {
  return ((high & 0xffffff) >>> 5) * 2 ** -19 + (low >>> 6) * 2 ** -45
}

// A plus before a call says that a number comes back: else the engine would put the numbers of both branches into objects.

/** An exponential number with mean 1. */
export function exponential(stream: Uniforms): number {
  stream.draw()
  const layer = stream.high >>> 24
  const x = place(stream) * exponentialEdges[layer]!
  return x < exponentialEdges[layer + 1]! ? x : +exponentialBeyond(stream, layer, x)
}

function exponentialBeyond(stream: Uniforms, layer: number, x: number): number {
  // Without memory: beyond the edge it begins anew.
  if (layer === 0) return EXPONENTIAL_TAIL + exponential(stream)
  const low = exp(-exponentialEdges[layer]!)
  const high = exp(-exponentialEdges[layer + 1]!)
  return low + (high - low) * stream.next() < exp(-x) ? x : exponential(stream)
}

/** A normal number with mean 0 and variance 1. */
export function normal(stream: Uniforms): number {
  stream.draw()
  const layer = stream.high >>> 24
  const x = (place(stream) * 2 - 1) * normalEdges[layer]!
  return Math.abs(x) < normalEdges[layer + 1]! ? x : +normalBeyond(stream, layer, x)
}

function normalBeyond(stream: Uniforms, layer: number, x: number): number {
  if (layer === 0) {
    // Marsaglia's tail: an exponential proposal, taken with probability exp(-a^2 / 2).
    for (;;) {
      const a = exponential(stream) / NORMAL_TAIL
      if (2 * exponential(stream) > a * a) return x < 0 ? -NORMAL_TAIL - a : NORMAL_TAIL + a
    }
  }
  const low = bell(normalEdges[layer]!)
  const high = bell(normalEdges[layer + 1]!)
  return low + (high - low) * stream.next() < bell(x) ? x : normal(stream)
}

/**
 * Runs `work` and adds to what it returns the CPU seconds that it took: user and system time of all threads of
 * this process, so that garbage collection counts.
 *
 * @template {object} Result
 * @param {() => Result} work
 * @returns {Result & { cpu: number }}
 */
export function measure(work) {
  const before = process.cpuUsage()
  const result = work()
  const { user, system } = process.cpuUsage(before)
  return { ...result, cpu: (user + system) / 1e6 }
}

/** Bytes that live on the heap and in typed arrays, and that the process occupies. Needs `--expose-gc`. */
export function memory() {
  globalThis.gc()
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
  return { heap: heapUsed + arrayBuffers, rss }
}

/** What this process was asked to do: one JSON argument. */
export const order = JSON.parse(process.argv[2] ?? '{}')

/** Hands the result to the process that asked, as the last line. */
export function answer(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

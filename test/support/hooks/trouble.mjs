// What TROUBLE says befalls a worker thread that is given the second replication: once, if ONCE names a file.
import { writeFileSync } from 'node:fs'
import { isMainThread, parentPort } from 'node:worker_threads'

const troubles = {
  exit: () => process.exit(7),
  memory: () => {
    for (const all = []; ; ) all.push(new Array(100_000).fill(all.length))
  },
  throw: () => {
    Object.fromEntries = () => {
      throw new Error('it is broken')
    }
  },
}

function first() {
  if (!process.env.ONCE) return true
  try {
    writeFileSync(process.env.ONCE, '', { flag: 'wx' })
    return true
  } catch {
    return false
  }
}

if (!isMainThread) {
  const on = parentPort.on.bind(parentPort)
  parentPort.on = (event, listener) =>
    on(event, (job) => {
      if (job.replication === 1 && first()) troubles[process.env.TROUBLE]()
      listener(job)
    })
}

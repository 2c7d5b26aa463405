// Says on standard error when a worker thread has finished a replication.
import { isMainThread, parentPort } from 'node:worker_threads'

if (!isMainThread) {
  const post = parentPort.postMessage.bind(parentPort)
  parentPort.postMessage = (answer) => {
    post(answer)
    if ('record' in answer) process.stderr.write('finished\n')
  }
}

// The program never comes to the end of saying that it was interrupted.
import { isMainThread } from 'node:worker_threads'
import './finished.mjs'

if (isMainThread) {
  const write = process.stderr.write.bind(process.stderr)
  process.stderr.write = (...args) => {
    write(...args)
    if (String(args[0]).startsWith('interrupted')) for (;;);
    return true
  }
}

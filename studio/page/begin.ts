import { begun, engine } from './workers.js'

/*
 * A script of its own, before the page's: the engine is the longest to read, so the worker that plays the first run
 * reads it while the browser still reads the page.
 */
begun.engine = engine()
// Whoever waits for it is told what is wrong.
begun.engine.catch(() => {})

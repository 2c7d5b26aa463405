import path from 'node:path'
import { expect, it } from 'vitest'
import { surface } from '../support/surface.js'

/** What programs rely on: a change of it is seen in the diff of docs/api.md. */
it('the door gives away what docs/api.md lists', async () => {
  await expect(surface()).toMatchFileSnapshot(path.resolve(import.meta.dirname, '../../docs/api.md'))
})

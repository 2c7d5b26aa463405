import path from 'node:path'
import { expect, it } from 'vitest'
import { scenarioSchema } from '../../sim/scenario/schema/schema.js'

/** As `nines schema` prints it: shipped scenarios name that file, for editors. */
it('docs/scenario.schema.json is the schema of what the program reads', async () => {
  const file = path.resolve(import.meta.dirname, '../../docs/scenario.schema.json')
  await expect(`${JSON.stringify(scenarioSchema(), null, 2)}\n`).toMatchFileSnapshot(file)
})

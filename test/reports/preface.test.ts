import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readScenario } from '../../cli/files.js'
import { readPreface } from '../../reports/html/preface.js'

const root = path.resolve(import.meta.dirname, '../..')

describe('the comment at the top of a scenario', () => {
  test('is a drawing, words, a question, and what is said of it', () => {
    const text = `
   visitors --> haproxy --> +--> app
                            '--> app

       a legend of the drawing

 Two servers, and one dies. It was the
 first. What do visitors see? And for how long?

 Little. Run it once more (--set a.b=2), or

     npx nines run this.yaml --set app.service=2ms \\
       --set faults=null

 and look at app -> mysql: nobody waits.`
    expect(readPreface(text)).toEqual({
      drawing: `   visitors --> haproxy --> +--> app
                            '--> app

       a legend of the drawing`,
      words: ['Two servers, and one dies. It was the first.'],
      question: 'What do visitors see? And for how long?',
      answer: [
        'Little. Run it once more (--set a.b=2), or',
        'npx nines run this.yaml --set app.service=2ms --set faults=null',
        'and look at app -> mysql: nobody waits.',
      ],
    })
  })

  test('asks where it asks first, in whole sentences, whatever stands in them', () => {
    const { words, question, answer } = readPreface(
      'One. Two takes 3.6 s: is version 8.0 worth it (late_share)? It is: or is it?\n\nWhat else?',
    )
    expect([words, question, answer]).toEqual([
      ['One.'],
      'Two takes 3.6 s: is version 8.0 worth it (late_share)? It is: or is it?',
      ['What else?'],
    ])
  })

  test('may have words only, or nothing', () => {
    const nothing = { drawing: '', words: [], question: '', answer: [] }
    expect(readPreface('')).toEqual(nothing)
    expect(readPreface('Just words.')).toEqual({ ...nothing, words: ['Just words.'] })
  })

  test.each(['scenarios', 'scenarios/experiments'])(
    'of each scenario in %s draws, and asks something; no sentence begins in the middle',
    (folder) => {
      for (const name of readdirSync(path.join(root, folder)).filter((one) => one.endsWith('.yaml'))) {
        const { preface } = readScenario(path.join(root, folder, name), {})
        const { drawing, words, question } = readPreface(preface)
        expect(drawing, name).not.toBe('')
        expect(question, name).toMatch(/^[A-Z].*\?$/)
        for (const one of words) expect(one, name).toMatch(/^[A-Z0-9`]/)
      }
    },
  )
})

import type { Assets } from '../../reports/html/assets.js'
import type { Answer, Question } from '../messages.js'
import type { Desk } from './desk.js'
import type { Studio } from './editor-contract.js'

/** What gallery, tour and sharing may ask. */
export function studioOf(desk: Desk): Studio {
  return {
    shelf: desk.state.shelf!,
    scenario: () => desk.scenario(),
    opened: () => desk.state.scenario,
    open: (scenario) => desk.open(scenario),
    loaded: () => desk.state.loaded,
    picture: () => desk.state.picture,
    now: () => desk.clock.now,
    compare: (scenario, how) => void desk.compare(scenario, how),
    beside: () => desk.beside,
    frame: () => desk.state.frame,
    windows: () => desk.first.series.windows,
    play: () => desk.play(),
    pause: () => desk.pause(),
    setSpeed: (speed) => desk.setSpeed(speed),
    ask: (question, assets) => answerTo(desk, question, assets),
    say: (sentence) => desk.say(sentence),
    watch: (look) => {
      desk.watchers.add(look)
      return () => desk.watchers.delete(look)
    },
  }
}

function answerTo(desk: Desk, question: Question, assets?: Assets): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const asked = desk.state.asked[question]
      if (asked?.state === 'asking') return
      desk.watchers.delete(look)
      if (asked?.answer?.whole) resolve(asked.answer)
      else reject(new Error(asked?.message || 'The question was given up.'))
    }
    desk.ask(question, assets)
    desk.watchers.add(look)
    look()
  })
}

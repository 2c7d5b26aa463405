import { describe, expect, it } from 'vitest'
import { catalog } from '../../sim/scenario/catalog.js'
import type { Frame, Loaded, ToLive } from '../../studio/messages.js'
import type { Editor } from '../../studio/page/editor-contract.js'
import { LiveRun } from '../../studio/page/live-run.js'
import { beginning } from '../../studio/page/state.js'
import { ByHand } from '../../studio/page/struck-here.js'
import { Series } from '../../studio/page/window-series.js'

const crash = catalog().faults.find(({ name }) => name === 'crash')!

/** A run and a text that are played by hand: lines stand below one another, options of the top first. */
function playing() {
  const sent: ToLive[] = []
  const said: string[] = []
  let text = ''
  let open = true
  let there = true
  const state = beginning()
  const run = new LiveRun({ post: (message) => sent.push(message), restart: () => {} }, () => 0)
  const editor: Editor = {
    text: () => text,
    open: () => {},
    setMistakes: () => {},
    insertFault: (line, top) => {
      if (!open) return false
      for (const { option, value } of top) if (!text.includes(option)) text += `${option}: ${value}\n`
      text += `${line}\n`
      return true
    },
    changeFault: (line, anew) => {
      text = text.replace(line, anew)
    },
    focus: () => {},
  }
  const scenario = () => ({ text, file: 'a.yaml', files: {} })
  const hand = new ByHand({
    state,
    run,
    series: new Series(),
    written: () => (there ? editor : null),
    scenario,
    say: (sentence) => said.push(sentence),
  })
  const loaded = (id: number) => {
    state.loaded = {
      lasts: 600,
      planned: [],
      unsaid: [{ option: 'warmup', value: '150s' }],
    } as unknown as Loaded
    run.heard({ type: 'loaded', id, lasts: 600 } as Loaded)
  }
  const frame = (id: number, now: number, strikes: Frame['strikes']) => {
    state.frame = { type: 'frame', id, now, ended: false, strikes } as unknown as Frame
    run.heard(state.frame)
  }
  run.load(scenario())
  loaded(1)
  return {
    hand,
    run,
    state,
    sent,
    said,
    loaded,
    frame,
    text: () => text,
    edit: (anew: string) => (text = anew),
    /** From now on the text is none that a line could be written into. */
    close: () => (open = false),
    /** The text is there only when `comes` is called. */
    wait: () => (there = false),
    comes: () => {
      there = true
      hand.canWrite()
    },
  }
}
const on = [{ kind: 'crash', targets: ['web'], from: 3 }]

it('writes the line when the run has struck, and how long it was when it has healed', () => {
  const { hand, sent, text, said, frame } = playing()
  hand.strike(crash, 'web', {})
  expect(sent.at(-1)).toMatchObject({ type: 'strike', strike: 1, blow: { kind: 'crash', target: 'web' } })
  expect(text()).toBe('')
  hand.struck(1, 3)
  expect(text()).toBe('warmup: 150s\n{ kind: crash, target: web, at: 3s }\n')
  frame(1, 4, on)
  expect(hand.striking).toHaveLength(1)
  expect(hand.bands).toEqual([{ name: 'crash of web', from: 3, to: 600 }])
  hand.heal(hand.striking[0]!)
  expect(sent.at(-1)).toMatchObject({ type: 'heal', strike: 1 })
  hand.healed(1, 2.5)
  expect(text()).toContain('{ kind: crash, target: web, at: 3s, for: 2.5s }')
  expect(hand.bands).toEqual([{ name: 'crash of web', from: 3, to: 5.5 }])
  expect(said).toEqual([
    'Crash of web at 3 s.',
    'Crash of web healed at 5.5 s, after 2.5 s: no request failed meanwhile.',
  ])
})

it('writes nothing of what the run has refused, and says why', () => {
  const { hand, text, said } = playing()
  hand.strike(crash, 'web', {})
  hand.refused(1, 'the run is over')
  hand.struck(1, 3)
  expect(text()).toBe('')
  expect(said).toEqual(['crash of web: the run is over'])
})

it('heals in the text what a run that was begun anew has from there, and begins anew once more', () => {
  const { hand, run, sent, text, loaded, frame } = playing()
  hand.strike(crash, 'web', {})
  hand.struck(1, 3)
  frame(1, 10, on)
  run.seek(0, { text: text(), file: 'a.yaml', files: {} })
  loaded(2)
  hand.again()
  frame(2, 8, on)
  hand.heal(hand.striking[0]!)
  expect(text()).toContain('at: 3s, for: 5s }')
  expect(sent.at(-1)).toMatchObject({ type: 'load', id: 3, scenario: { text: text() } })
})

it('forgets a strike whose line the reader has taken away', () => {
  const { hand, state, edit } = playing()
  hand.strike(crash, 'web', {})
  hand.struck(1, 3)
  edit('')
  hand.again()
  expect(state.strikes).toEqual([])
})

it('ends one surge where the next begins, and needs none to come as the text says', () => {
  const { hand, text } = playing()
  hand.rated('web', 2, 3)
  hand.rated('web', 3, 5)
  hand.rated('web', 1, 8)
  hand.rated('web', 2, 9)
  expect(text().split('\n').slice(1, -1)).toEqual([
    '{ kind: surge, target: web, factor: 2, at: 3s, for: 2s }',
    '{ kind: surge, target: web, factor: 3, at: 5s, for: 3s }',
    '{ kind: surge, target: web, factor: 2, at: 9s }',
  ])
})

describe('before the text can be written into', () => {
  it('keeps lines, and writes them as they are when it can: those that have healed meanwhile, too', () => {
    const { hand, said, sent, text, wait, comes } = playing()
    wait()
    hand.strike(crash, 'web', {})
    hand.struck(1, 3)
    hand.strike(crash, 'db', {})
    hand.struck(2, 4)
    hand.healed(1, 2.5)
    hand.rated('visitors', 2, 6)
    hand.rated('visitors', 1, 8)
    expect(text()).toBe('')
    expect(said.join(' ')).not.toContain('no place')
    const asked = sent.length
    comes()
    comes()
    expect(text().split('\n')).toEqual([
      'warmup: 150s',
      '{ kind: crash, target: web, at: 3s, for: 2.5s }',
      '{ kind: crash, target: db, at: 4s }',
      '{ kind: surge, target: visitors, factor: 2, at: 6s, for: 2s }',
      '',
    ])
    // What runs has them.
    expect(sent).toHaveLength(asked)
  })

  it.each([
    ['has begun anew', true],
    ['is being read anew', false],
  ])('begins a run anew with them that %s without', (_, loadedBefore) => {
    const { hand, run, sent, state, text, loaded, frame, wait, comes } = playing()
    wait()
    hand.strike(crash, 'web', {})
    hand.struck(1, 3)
    frame(1, 10, on)
    run.seek(8, { text: text(), file: 'a.yaml', files: {} })
    if (loadedBefore) {
      loaded(2)
      hand.again()
    }
    comes()
    expect(text()).toContain('target: web, at: 3s }')
    expect(sent.at(-1)).toMatchObject({ type: 'load', id: 3, scenario: { text: text() } })
    expect(run.seeking).toEqual({ from: 0, to: 8 })
    loaded(3)
    hand.again()
    expect(state.strikes).toMatchObject([{ number: 0, at: 3 }])
  })

  it('asks for no run where there is none, and keeps nothing of a scenario that is there no more', () => {
    const { hand, run, sent, text, wait, comes } = playing()
    wait()
    hand.strike(crash, 'web', {})
    hand.struck(1, 3)
    run.stop()
    const asked = sent.length
    comes()
    expect(text()).toContain('target: web, at: 3s }')
    expect(sent).toHaveLength(asked)
    const other = playing()
    other.wait()
    other.hand.strike(crash, 'web', {})
    other.hand.struck(1, 3)
    other.hand.clear()
    other.comes()
    expect(other.text()).toBe('')
  })

  it('says it of a text that turns out to have no place for them', () => {
    const { hand, said, wait, close, comes } = playing()
    wait()
    hand.strike(crash, 'web', {})
    hand.struck(1, 3)
    close()
    comes()
    expect(said).toEqual([
      'Crash of web at 3 s.',
      'The text has no place for the crash of web: as soon as the run begins anew, it is without.',
    ])
  })
})

it('says so where the text has no place for the line', () => {
  const { hand, said, close } = playing()
  close()
  hand.strike(crash, 'web', {})
  hand.struck(1, 3)
  hand.rated('visitors', 2, 4)
  const without = 'The text has no place for it: as soon as the run begins anew, it is without.'
  expect(said).toEqual([`Crash of web at 3 s. ${without}`, `visitors come 2 times as often. ${without}`])
})

import { render } from 'lit-html'
import type { Assets } from '../../reports/html/assets.js'
import type { FromLive, Loaded, Question, Text } from '../messages.js'
import type { Shelf } from '../shelf.js'
import type { Actions, View } from './actions.js'
import { svgOf } from './adopted.js'
import { Asking } from './asking.js'
import type { ChangedBy, Editor, Extra, Studio } from './editor-contract.js'
import { type FaultEntry, fieldsOf, type TargetSort } from './fault-lines.js'
import { LiveRun } from './live-run.js'
import { Picture } from './picture.js'
import { placeMenu } from './placing.js'
import { at, howItGoes } from './sentences.js'
import { shell } from './shell.js'
import { Speaker } from './speaker.js'
import { beginning, type Menu, type State, type Strike, type Tab } from './state.js'
import { ByHand } from './struck-here.js'
import { studioOf } from './studio-of.js'
import { nextTheme, setTheme } from './theme.js'
import { Series } from './window-series.js'
import { AnswersWorker, jobsOf, LiveWorker, type Start } from './workers.js'

/** Milliseconds. */
const AFTER = { typing: 300, loading: 500, drawing: 100, still: 1000 } as const
/** Seconds of simulated time after which it is said what came of a strike. */
const FOLLOWS = 5

/** What the page knows and does: one state, which is drawn anew after each message. */
export class Desk implements Actions {
  readonly state: State = beginning()
  readonly series = new Series()
  readonly run: LiveRun
  private readonly live: LiveWorker
  private readonly asking: Asking
  readonly hand: ByHand
  private readonly speaker: Speaker
  /** Called after each message. */
  readonly watchers = new Set<() => void>()
  private editor: Editor | null = null
  private picture: Picture | null = null
  private typing = 0
  private answering = 0
  private drawnAt = 0
  private rendering = false
  private follows: { readonly after: number } | null = null

  constructor(start: Start) {
    const wall = () => performance.now()
    this.live = new LiveWorker(
      () => start('live'),
      (message) => this.heard(message),
      (message) => this.broken(message),
    )
    this.run = new LiveRun(this.live, wall)
    this.asking = new Asking(
      (heard, broken) => new AnswersWorker(() => start('answers'), heard, broken),
      jobsOf(navigator.hardwareConcurrency || 2),
      (question, asked) => this.toldOf(question, asked),
    )
    this.hand = new ByHand({
      state: this.state,
      run: this.run,
      series: this.series,
      editor: () => this.editor,
      scenario: () => this.scenario(),
      say: (sentence) => this.say(sentence, true),
    })
    this.speaker = new Speaker(wall, (sentence) => {
      this.state.aloud = sentence
      this.render()
    })
  }

  /** Draws the page for the first time, and begins to look at the clock. */
  begin(shelf: Shelf, scenario: Text): void {
    this.state.shelf = shelf
    this.state.scenario = scenario
    this.live.begun()
    this.run.load(scenario)
    this.renderNow()
    const picture = new Picture(
      this.run,
      this.series,
      { stage: place('stage'), charts: place('charts') },
      {
        chosen: (target, sort, beside) => this.openMenu(target, sort, beside),
        bands: () => this.hand.bands,
        now: () => this.run.now,
        picked: (time) => this.pick(time),
      },
    )
    this.picture = picture
    document.addEventListener('visibilitychange', () => this.hidden())
    const frame = () => {
      picture.animate()
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
    setInterval(() => this.look(), 500)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.repaint())
  }

  setEditor(editor: Editor): void {
    this.editor = editor
    editor.setMistakes(this.state.mistakes)
  }

  /** What is in the editor. */
  scenario(): Text {
    return { ...this.state.scenario, text: this.editor?.text() ?? this.state.scenario.text }
  }

  // ---- Time -----------------------------------------------------------------------------------------------------

  /** At times, whether or not the screen is drawn. */
  private look(): void {
    const why = this.run.overdue()
    if (why !== null) this.broken(why)
    this.speaker.look()
  }

  private hidden(): void {
    if (!document.hidden || !this.run.playing) return
    this.run.pause()
    this.state.halted = 'Paused (tab was hidden).'
    this.render()
  }

  play(): void {
    this.state.halted = ''
    if (this.run.stopped) this.run.load(this.scenario())
    this.run.play()
    this.render()
  }

  pause(): void {
    this.run.pause()
    this.picture?.describe()
    this.render()
  }

  toggle(): void {
    if (this.run.playing) this.pause()
    else this.play()
  }

  step(): void {
    this.state.halted = ''
    this.run.step()
    this.render()
  }

  back(): void {
    this.run.pause()
    this.seek(this.run.now - this.run.window)
  }

  seek(to: number): void {
    this.picture?.stage.clearDots()
    this.run.seek(to, this.scenario())
    this.render()
  }

  setSpeed(speed: number): void {
    this.run.speed = speed
    this.run.reached = null
    this.render()
  }

  // ---- The worker ------------------------------------------------------------------------------------------------

  private heard(message: FromLive): void {
    if (!this.run.heard(message)) return
    if (message.type === 'frame') this.framed(message)
    else if (message.type === 'loaded') this.hasLoaded(message)
    else if (message.type === 'mistakes') {
      this.state.mistakes = message.mistakes
      this.editor?.setMistakes(message.mistakes)
      this.say(message.mistakes.length === 1 ? 'The text has a mistake.' : 'The text has mistakes.')
    } else if (message.type === 'struck') this.hand.struck(message.strike, message.at)
    else if (message.type === 'healed') this.hand.healed(message.strike, message.lasts)
    else if (message.type === 'rated') this.hand.rated(message.users, message.factor, message.at)
    else if (message.type === 'refused') this.hand.refused(message.strike, message.message)
    else if (message.type === 'ways') {
      if (this.state.ways !== null) this.state.ways = { ...this.state.ways, list: message.ways }
    } else this.broken(message.message)
    if (message.type === 'struck' || message.type === 'healed' || message.type === 'rated') this.run.look()
    for (const look of this.watchers) look()
    if (message.type !== 'frame') this.render()
  }

  private hasLoaded(loaded: Loaded): void {
    const { state } = this
    const again = this.run.seeking !== null
    state.loaded = loaded
    state.mistakes = []
    state.frame = null
    state.menu = null
    this.editor?.setMistakes([])
    this.hand.again()
    if (!again) this.series.clear()
    this.picture?.show(loaded, again)
    this.run.look()
    if (again) return
    state.ways = null
    state.shown = null
    this.answerSoon()
  }

  private framed(frame: State['frame'] & object): void {
    const { state, run, series } = this
    state.frame = frame
    series.put(frame.windows)
    this.picture?.frame(frame)
    if (this.follows !== null && frame.now >= this.follows.after) {
      this.follows = null
      this.say(`${at(frame.now)}: ${howItGoes(series.figures(frame.now))}`)
    }
    const rest = this.picture?.rests ? AFTER.still : AFTER.drawing
    if (performance.now() - this.drawnAt >= rest || !run.playing) this.render()
  }

  private broken(message: string): void {
    this.run.stop()
    this.state.halted = message
    this.render()
  }

  // ---- The text --------------------------------------------------------------------------------------------------

  /** The text was changed. */
  changed(_text: string, by: ChangedBy): void {
    this.asking.drop()
    this.state.shown = null
    if (by === 'strike') {
      // What runs has it already.
      this.answerSoon()
      this.render()
      return
    }
    clearTimeout(this.typing)
    clearTimeout(this.answering)
    this.typing = window.setTimeout(() => this.run.load(this.scenario()), AFTER.typing)
  }

  open(scenario: Text): void
  open(extra: Extra): void
  open(what: Text | Extra): void {
    if ('open' in what) {
      what.open(this.studio)
      return
    }
    this.run.pause()
    this.hand.clear()
    this.asking.drop()
    Object.assign(this.state, {
      scenario: what,
      ways: null,
      shown: null,
      halted: '',
      sentence: '',
      loaded: null,
    })
    this.editor?.open(what.text)
    this.run.load(what)
    this.render()
  }

  private answerSoon(): void {
    clearTimeout(this.answering)
    this.answering = window.setTimeout(() => this.ask('run'), AFTER.loading)
  }

  // ---- Breaking it -------------------------------------------------------------------------------------------------

  private openMenu(target: string, sort: TargetSort, beside: Menu['beside']): void {
    this.state.menu = { target, sort, beside, form: null }
    this.renderNow()
    placeMenu(beside)
  }

  closeMenu(): void {
    const { menu } = this.state
    if (menu === null) return
    this.state.menu = null
    this.renderNow()
    this.picture?.stage.buttonOf(menu.target)?.focus()
  }

  choose(fault: FaultEntry): void {
    const { menu } = this.state
    if (menu === null) return
    if (fieldsOf(fault).length === 0) {
      this.strike(fault, {})
      return
    }
    this.state.menu = { ...menu, form: fault }
    this.renderNow()
    placeMenu(menu.beside)
  }

  strike(fault: FaultEntry, options: Readonly<Record<string, string>>): void {
    const { menu } = this.state
    if (menu === null) return
    this.hand.strike(fault, menu.target, options)
    this.closeMenu()
  }

  heal(strikes: readonly Strike[]): void {
    for (const strike of strikes) this.hand.heal(strike)
    this.closeMenu()
  }

  rate(users: string, factor: number): void {
    this.run.rate(users, factor)
  }

  // ---- Answers -----------------------------------------------------------------------------------------------------

  private toldOf(question: Question, asked: State['asked'][Question] | null): void {
    if (asked === null) delete this.state.asked[question]
    else this.state.asked[question] = asked
    for (const look of this.watchers) look()
    this.render()
  }

  ask(question: Question, assets?: Assets): void {
    if (this.state.mistakes.length > 0) this.say('The text has mistakes: there is nothing to ask.')
    else this.asking.ask(question, [this.scenario()], assets)
  }

  stop(question: Question): void {
    this.asking.stop(question)
    const asked = this.state.asked[question]
    if (asked !== undefined) this.toldOf(question, { ...asked, state: 'stopped' })
  }

  show(question: Question | null): void {
    this.state.shown = question
    this.renderNow()
    const drawing = question === null ? null : (this.state.asked[question]?.answer?.drawing ?? null)
    place('coloured').replaceChildren(...(drawing === null ? [] : [svgOf(drawing)]))
    this.picture?.stage.fit()
  }

  select(tab: Tab): void {
    this.state.tab = tab
    this.renderNow()
  }

  // ---- One request ---------------------------------------------------------------------------------------------------

  private pick(time: number): void {
    const window = this.series.at(time)
    if (window !== null) this.lookAt(window.from, window.to)
  }

  lookAt(from: number, to: number): void {
    this.state.ways = { from, to, list: null, chosen: null }
    this.state.tab = 'Live'
    this.run.ways(from, to)
    this.render()
  }

  lookAway(): void {
    this.state.ways = null
    this.render()
  }

  follow(request: number | null): void {
    if (this.state.ways !== null) this.state.ways = { ...this.state.ways, chosen: request }
    this.render()
  }

  // ---- The page itself -------------------------------------------------------------------------------------------------

  turnTheme(): void {
    this.state.theme = nextTheme(this.state.theme)
    setTheme(this.state.theme)
    this.repaint()
  }

  private repaint(): void {
    this.picture?.repaint()
    this.render()
  }

  showKeys(shown: boolean): void {
    this.state.keysShown = shown
    this.renderNow()
    if (shown) place('close-keys').focus()
  }

  /** Closes what is open. Returns whether something was. */
  leave(): boolean {
    const open = this.state.menu !== null || this.state.keysShown
    this.closeMenu()
    if (this.state.keysShown) this.showKeys(false)
    return open
  }

  /** Gives the focus to what lies in a direction. Returns whether there is something. */
  walk(from: string, direction: 'up' | 'down' | 'left' | 'right'): boolean {
    const next = this.picture?.stage.nextTo(from, direction) ?? null
    if (next === null) return false
    this.picture!.stage.buttonOf(next)?.focus()
    return true
  }

  focusText(): void {
    this.editor?.focus()
  }

  /** @param follow whether to say some time later what came of it */
  say(sentence: string, follow = false): void {
    this.state.sentence = sentence
    this.speaker.say(sentence)
    if (follow) this.follows = { after: this.run.now + FOLLOWS }
    this.render()
  }

  render(): void {
    if (this.rendering) return
    this.rendering = true
    requestAnimationFrame(() => this.renderNow())
  }

  private renderNow(): void {
    this.rendering = false
    this.drawnAt = performance.now()
    const view: View = {
      state: this.state,
      run: this.run,
      figures: this.series.figures(this.run.now),
      bands: this.hand.bands,
      strikes: this.hand.striking,
      factorOf: (users) => this.hand.factorOf(users),
      actions: this,
    }
    render(shell(view), document.body)
  }

  /** What gallery, tour and sharing may ask. */
  get studio(): Studio {
    return studioOf(this)
  }
}

function place(id: string): HTMLElement {
  return document.getElementById(id)!
}

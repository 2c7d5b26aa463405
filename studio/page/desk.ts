import { render } from 'lit-html'
import type { Assets } from '../../reports/html/assets.js'
import type { Shelf } from '../gallery.js'
import type { Answer, FromLive, Loaded, Question, Text } from '../messages.js'
import type { Actions, View } from './actions.js'
import { svgOf } from './adopted.js'
import { Asking } from './asking.js'
import type { ChangedBy, Editor, Extra, Studio } from './editor-contract.js'
import { type FaultEntry, fieldsOf, type TargetSort } from './fault-lines.js'
import type { Command } from './keys.js'
import { LiveCharts, spanOf } from './live-charts.js'
import { LiveRun } from './live-run.js'
import { at, howItGoes } from './sentences.js'
import { shell } from './shell.js'
import { Speaker } from './speaker.js'
import { Stage } from './stage.js'
import { beginning, type Menu, type State, type Strike, TABS, type Tab } from './state.js'
import { ByHand } from './struck-here.js'
import { nextTheme, setTheme } from './theme.js'
import { everyAt, nextSpeed } from './timing.js'
import { Series } from './window-series.js'
import { AnswersWorker, jobsOf, LiveWorker, type Start } from './workers.js'

/** Milliseconds. */
const AFTER = { typing: 300, loading: 500, drawing: 100, charts: 200, still: 1000 } as const
/** Pixels between a menu and what it is of. */
const GAP = 6
/** Seconds of simulated time after which it is said what came of a strike. */
const FOLLOWS = 5

/** What the page knows and does: one state, which is drawn anew after each message. */
export class Desk implements Actions {
  readonly state: State = beginning()
  readonly series = new Series()
  readonly run: LiveRun
  private readonly live: LiveWorker
  private readonly asking: Asking
  private readonly hand: ByHand
  private readonly speaker: Speaker
  private readonly still = matchMedia('(prefers-reduced-motion: reduce)')
  private readonly watchers = new Set<() => void>()
  private editor: Editor | null = null
  private stage: Stage | null = null
  private charts: LiveCharts | null = null
  private typing = 0
  private answering = 0
  private drawnAt = 0
  private chartedAt = 0
  private stagedAt = 0
  private charting = false
  private rendering = false
  private lastFrame = 0
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
    const stage = place('stage')
    this.stage = new Stage(stage, {
      chosen: (target, sort, beside) => this.openMenu(target, sort, beside),
    })
    this.charts = new LiveCharts(place('charts'), {
      bands: () => this.hand.bands,
      now: () => this.run.now,
      picked: (time) => this.pick(time),
    })
    document.addEventListener('visibilitychange', () => this.hidden())
    const frame = () => {
      this.animate()
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

  private animate(): void {
    const wall = performance.now()
    const elapsed = Math.min(100, wall - this.lastFrame) / 1000
    this.lastFrame = wall
    const { run, stage } = this
    run.every = this.still.matches ? 0 : everyAt(stage?.busiest ?? 0, run.speed)
    run.animate()
    stage?.animate(run.playing || run.stepping ? elapsed : 0)
    if (this.charting && wall - this.chartedAt > (this.still.matches ? AFTER.still : AFTER.charts))
      this.chart()
  }

  private chart(): void {
    this.charting = false
    this.chartedAt = performance.now()
    this.charts?.draw(this.series.windows, Math.max(spanOf(this.run.window), 60))
  }

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
    this.run.play()
    this.render()
  }

  pause(): void {
    this.run.pause()
    this.describe()
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
    this.stage?.clearDots()
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
    this.stage?.show(loaded)
    this.run.look()
    if (again) return
    this.series.clear()
    state.ways = null
    state.shown = null
    this.charts?.show(loaded)
    this.chart()
    this.answerSoon()
  }

  private framed(frame: State['frame'] & object): void {
    const { state, run, series } = this
    state.frame = frame
    series.put(frame.windows)
    if (frame.windows.length > 0 || run.seeking !== null) this.charting = true
    const wall = performance.now()
    const pause = this.still.matches ? AFTER.still : 0
    if (wall - this.stagedAt >= pause || !run.playing) {
      this.stagedAt = wall
      this.stage?.frame(frame)
    }
    if (run.seeking === null) this.stage?.fly(frame.dots, Math.max(run.speed, 0.01))
    if (this.follows !== null && frame.now >= this.follows.after) {
      this.follows = null
      this.say(`${at(frame.now)}: ${howItGoes(series.figures(frame.now))}`)
    }
    if (frame.ended) this.describe()
    const rest = this.still.matches ? AFTER.still : AFTER.drawing
    if (wall - this.drawnAt >= rest || !run.playing) this.render()
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
    this.placeMenu()
  }

  /** Within the room of the drawing, with the focus in it. */
  private placeMenu(): void {
    const menu = document.querySelector<HTMLElement>('.menu')
    const { menu: open } = this.state
    if (menu === null || open === null) return
    const room = menu.parentElement!
    const [width, height] = [menu.offsetWidth, menu.offsetHeight]
    const { left, right, top } = open.beside
    const x = right + GAP + width <= room.clientWidth ? right + GAP : Math.max(GAP, left - GAP - width)
    menu.style.setProperty('left', `${x}px`)
    menu.style.setProperty('top', `${Math.max(GAP, Math.min(top, room.clientHeight - height - GAP))}px`)
    menu.querySelector<HTMLElement>('[role=menuitem], input, button')?.focus()
  }

  closeMenu(): void {
    const { menu } = this.state
    if (menu === null) return
    this.state.menu = null
    this.renderNow()
    this.stage?.buttonOf(menu.target)?.focus()
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
    this.placeMenu()
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
    if (this.state.mistakes.length === 0) this.asking.ask(question, [this.scenario()], assets)
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
    this.stage?.fit()
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
    this.charts?.repaint(this.series.windows)
    this.render()
  }

  showKeys(shown: boolean): void {
    this.state.keysShown = shown
    this.renderNow()
    if (shown) place('close-keys').focus()
  }

  /** What a key means where nothing is being typed. Returns whether it meant something. */
  command(command: Command, focused: string | null): boolean {
    if (typeof command === 'object' && 'tab' in command) this.select(TABS[command.tab]!)
    else if (typeof command === 'object') return this.walk(command.go, focused)
    else if (command === 'toggle') this.toggle()
    else if (command === 'step') this.step()
    else if (command === 'back') this.back()
    else if (command === 'slower') this.setSpeed(nextSpeed(this.run.speed, -1))
    else if (command === 'faster') this.setSpeed(nextSpeed(this.run.speed, 1))
    else if (command === 'start') this.seek(0)
    else if (command === 'editor') this.editor?.focus()
    else if (command === 'keys') this.showKeys(true)
    else if (command === 'escape') return this.leave()
    else return this.onFocused(command, focused)
    return true
  }

  private leave(): boolean {
    const open = this.state.menu !== null || this.state.keysShown
    this.closeMenu()
    if (this.state.keysShown) this.showKeys(false)
    return open
  }

  private walk(direction: 'up' | 'down' | 'left' | 'right', focused: string | null): boolean {
    const next = focused === null ? null : (this.stage?.nextTo(focused, direction) ?? null)
    if (next === null) return false
    this.stage!.buttonOf(next)?.focus()
    return true
  }

  private onFocused(command: 'crash' | 'heal', focused: string | null): boolean {
    if (focused === null) return false
    if (command === 'heal') {
      const some = this.hand.striking.filter(({ blow }) => blow.target === focused)
      this.heal(some)
      return some.length > 0
    }
    const crash = this.state.shelf?.catalog.faults.find(({ name }) => name === 'crash')
    if (crash === undefined || !this.state.loaded?.places.some(({ name }) => name === focused)) return false
    this.hand.strike(crash, focused, {})
    return true
  }

  /** @param follow whether to say some time later what came of it */
  say(sentence: string, follow = false): void {
    this.state.sentence = sentence
    this.speaker.say(sentence)
    if (follow) this.follows = { after: this.run.now + FOLLOWS }
    this.render()
  }

  /** What the charts show, for those who do not see them. */
  private describe(): void {
    const { asked, ok, failed, p99, good } = this.series.figures(this.run.now)
    if (asked === null) return
    const now = at(this.run.now)
    this.charts?.say([
      `At ${now}: ${asked.toFixed(1)} asked, ${ok!.toFixed(1)} answered ok and ${failed!.toFixed(1)} failed per second.`,
      p99 === null ? `At ${now} too few were answered for a p99.` : `At ${now} p99 is ${p99.toFixed(0)} ms.`,
      howItGoes({ asked, ok, failed, p99, good }) || `At ${now} nobody was answered.`,
    ])
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
    return {
      shelf: this.state.shelf!,
      scenario: () => this.scenario(),
      open: (scenario) => this.open(scenario),
      loaded: () => this.state.loaded,
      now: () => this.run.now,
      frame: () => this.state.frame,
      windows: () => this.series.windows,
      play: () => this.play(),
      pause: () => this.pause(),
      setSpeed: (speed) => this.setSpeed(speed),
      ask: (question, assets) => this.answerTo(question, assets),
      say: (sentence) => this.say(sentence),
      watch: (look) => {
        this.watchers.add(look)
        return () => this.watchers.delete(look)
      },
    }
  }

  private answerTo(question: Question, assets?: Assets): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const asked = this.state.asked[question]
        if (asked?.state === 'asking') return
        this.watchers.delete(look)
        if (asked?.answer?.whole) resolve(asked.answer)
        else reject(new Error(asked?.message || 'The question was given up.'))
      }
      this.ask(question, assets)
      this.watchers.add(look)
      look()
    })
  }
}

function place(id: string): HTMLElement {
  return document.getElementById(id)!
}

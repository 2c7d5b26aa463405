import { render } from 'lit-html'
import type { Assets } from '../../reports/html/assets.js'
import type { Frame, FromLive, Question, Text } from '../messages.js'
import type { Shelf } from '../shelf.js'
import type { Actions, View } from './actions.js'
import { svgOf } from './adopted.js'
import type { Clock } from './clock.js'
import type { ChangedBy, Editor, Extra, Studio } from './editor-contract.js'
import type { FaultEntry } from './fault-lines.js'
import { Menus } from './menus.js'
import { Pair } from './pair.js'
import { Picture } from './picture.js'
import { Questioning } from './questioning.js'
import { at, howItGoes } from './sentences.js'
import { shell } from './shell.js'
import { Side } from './side.js'
import { Speaker } from './speaker.js'
import { beginning, type State, type Strike, sideOf, type Tab, withFound } from './state.js'
import { studioOf } from './studio-of.js'
import { nextTheme, setTheme } from './theme.js'
import type { Start } from './workers.js'
import { readerThere } from './yaml-reader.js'

/** Milliseconds. */
const AFTER = { typing: 300, drawing: 100, still: 1000 } as const
/** Seconds of simulated time after which it is said what came of a strike. */
const FOLLOWS = 5

/** What the page knows and does: one state, which is drawn anew after each message. */
export class Desk implements Actions {
  readonly state: State = beginning()
  /** The scenario whose text is in the editor. */
  readonly first: Side
  private readonly pair: Pair
  readonly menus: Menus
  private readonly questioning: Questioning
  private readonly speaker: Speaker
  /** Called after each message. */
  readonly watchers = new Set<() => void>()
  private hasDrawn = () => {}
  /** Once the text is drawn, or is known to have mistakes, or cannot be read. */
  readonly drawn = new Promise<void>((resolve) => {
    this.hasDrawn = resolve
  })
  private editor: Editor | null = null
  private picture: Picture | null = null
  private typing = 0
  private drawnAt = 0
  private rendering = false
  private follows: { readonly side: Side; readonly after: number } | null = null

  constructor(private readonly start: Start) {
    this.first = new Side(this.state, start, this.sideHost)
    this.pair = new Pair(this.first)
    this.menus = new Menus(this)
    this.questioning = new Questioning(start, {
      state: this.state,
      scenarios: () => this.sides.map((side) => side.scenario()),
      say: (sentence) => this.say(sentence),
      told: () => this.told(),
    })
    this.speaker = new Speaker(
      () => performance.now(),
      (sentence) => {
        this.state.aloud = sentence
        this.render()
      },
    )
  }

  /** What is seen: one scenario, or two beside one another. */
  get sides(): readonly Side[] {
    return this.pair.sides
  }

  get clock(): Clock {
    return this.pair.clock
  }

  /** Draws the page for the first time, and begins to look at the clock. */
  begin(shelf: Shelf, scenario: Text): void {
    this.state.shelf = shelf
    this.state.scenario = scenario
    this.first.begin()
    this.renderNow()
    this.first.draw(place('stage'))
    const picture = new Picture(place('charts'), {
      sides: () => this.sides,
      names: () => this.pair.names,
      clock: () => this.clock,
      bands: () => this.bands,
      now: () => this.clock.now,
      picked: (time) => this.pick(time),
    })
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
    this.first.written = editor
    editor.setMistakes(this.state.mistakes)
    this.first.hand.canWrite()
  }

  /** What is in the editor. */
  scenario(): Text {
    return this.first.scenario()
  }

  // ---- Time -----------------------------------------------------------------------------------------------------

  /** At times, whether or not the screen is drawn. */
  private look(): void {
    for (const side of this.sides) {
      const why = side.run.overdue()
      if (why !== null) this.broken(side, why)
    }
    this.speaker.look()
  }

  private hidden(): void {
    if (!document.hidden || !this.clock.playing) return
    this.clock.pause()
    this.state.halted = 'Paused (tab was hidden).'
    this.render()
  }

  play(): void {
    this.state.halted = ''
    if (this.first.run.stopped) this.first.run.load(this.scenario())
    this.clock.play()
    this.render()
  }

  pause(): void {
    this.clock.pause()
    this.picture?.describe()
    this.render()
  }

  toggle(): void {
    if (this.clock.playing) this.pause()
    else this.play()
  }

  step(): void {
    this.state.halted = ''
    this.clock.step()
    this.render()
  }

  back(): void {
    this.clock.pause()
    this.seek(this.clock.now - this.clock.window)
  }

  seek(to: number): void {
    for (const { stage } of this.sides) stage?.clearDots()
    this.clock.seek(to)
    this.render()
  }

  setSpeed(speed: number): void {
    this.clock.speed = speed
    this.render()
  }

  // ---- The runs --------------------------------------------------------------------------------------------------

  private readonly sideHost = {
    heard: (side: Side, message: FromLive, again: boolean) => this.heard(side, message, again),
    broken: (side: Side, message: string) => this.broken(side, message),
    say: (side: Side, sentence: string) => this.say(`${this.pair.whose(side)}${sentence}`, side),
    chosen: (...chosen: Parameters<Menus['open']>) => this.menus.open(...chosen),
  }

  private heard(side: Side, message: FromLive, again: boolean): void {
    if (message.type === 'frame') this.framed(side, message)
    else if (message.type === 'loaded') this.hasLoaded(side, again)
    else if (message.type === 'mistakes') this.hasMistakes(side)
    else if (message.type === 'ways') this.state.ways = withFound(this.state.ways, message)
    else if (message.type === 'failed') this.broken(side, message.message)
    if (side === this.first) this.hasDrawn()
    for (const look of this.watchers) look()
    if (message.type !== 'frame') this.render()
  }

  private hasLoaded(side: Side, again: boolean): void {
    const { state } = this
    state.menu = null
    if (side === this.first) this.editor?.setMistakes([])
    if (again) return
    this.picture?.show()
    this.pair.meet(side)
    if (side === this.first) {
      state.ways = null
      state.shown = null
    }
    this.questioning.askSoon()
  }

  private hasMistakes(side: Side): void {
    const { mistakes } = side.state
    if (side === this.first) {
      this.editor?.setMistakes(mistakes)
      this.say(mistakes.length === 1 ? 'The text has a mistake.' : 'The text has mistakes.')
    } else {
      this.endComparison()
      const [{ line, message }] = mistakes as [(typeof mistakes)[0]]
      this.say(`It cannot be compared: ${line > 0 ? `line ${line}: ` : ''}${message}.`)
    }
  }

  private framed(side: Side, frame: Frame): void {
    const { clock, follows } = this
    clock.look()
    if (frame.windows.length > 0 || clock.seeking !== null) this.picture?.goesOn()
    if (frame.ended) this.picture?.describe()
    if (follows?.side === side && frame.now >= follows.after) {
      this.follows = null
      this.say(`${this.pair.whose(side)}${at(frame.now)}: ${howItGoes(side.series.figures(frame.now))}`)
    }
    const rest = side.rests ? AFTER.still : AFTER.drawing
    if (performance.now() - this.drawnAt >= rest || !clock.playing) this.render()
  }

  private broken(side: Side, message: string): void {
    side.run.stop()
    this.hasDrawn()
    if (side !== this.first) this.endComparison()
    this.state.halted = message
    this.render()
  }

  // ---- The text --------------------------------------------------------------------------------------------------

  /** The text was changed. */
  changed(by: ChangedBy): void {
    this.questioning.drop()
    if (by === 'strike') {
      // What runs has it already.
      this.questioning.askSoon()
      this.render()
      return
    }
    clearTimeout(this.typing)
    this.questioning.wait()
    this.typing = window.setTimeout(() => this.first.run.load(this.scenario()), AFTER.typing)
  }

  open(scenario: Text): void
  open(extra: Extra): void
  open(what: Text | Extra): void {
    if ('open' in what) {
      what.open(this.studio)
      return
    }
    this.clock.pause()
    this.first.hand.clear()
    this.questioning.drop()
    Object.assign(this.state, {
      scenario: what,
      ways: null,
      halted: '',
      sentence: '',
      loaded: null,
      picture: null,
    })
    this.editor?.open(what.text)
    this.first.run.load(what)
    this.render()
  }

  // ---- Another beside it -------------------------------------------------------------------------------------------

  async compare(scenario: Text, how: string): Promise<void> {
    await readerThere()
    const { HeldText } = await import('./held-text.js')
    this.endComparison()
    const side = new Side(sideOf(scenario), this.start, this.sideHost)
    side.written = new HeldText(scenario, () => {
      this.questioning.dropComparison()
      this.questioning.askSoon()
    })
    this.pair.begin(side, how)
    this.renderNow()
    side.draw(place('beside'))
    this.first.stage?.fit()
  }

  endComparison(): void {
    if (!this.pair.end()) return
    this.follows = null
    this.state.menu = null
    this.questioning.dropComparison()
    if (this.state.asked.run === undefined) this.questioning.askSoon()
    else this.questioning.wait()
    this.renderNow()
    this.picture?.show()
  }

  /** What it is compared with; null for nothing. */
  get beside(): Text | null {
    return this.pair.beside
  }

  // ---- Breaking it -------------------------------------------------------------------------------------------------

  closeMenu(): void {
    this.menus.close()
  }

  choose(fault: FaultEntry): void {
    this.menus.choose(fault)
  }

  strike(fault: FaultEntry, options: Readonly<Record<string, string>>): void {
    this.menus.strike(fault, options)
  }

  heal(strikes: readonly Strike[]): void {
    this.menus.heal(strikes)
  }

  /** Of all that have such users: they are to be the same visitors. */
  rate(users: string, factor: number): void {
    for (const { run, state } of this.sides)
      if (state.loaded?.users.some(({ name, open }) => open && name === users)) run.rate(users, factor)
  }

  private get bands() {
    return this.sides.flatMap(({ hand }) => hand.bands)
  }

  // ---- Answers -----------------------------------------------------------------------------------------------------

  private told(): void {
    for (const look of this.watchers) look()
    this.render()
  }

  ask(question: Question, assets?: Assets): void {
    this.questioning.ask(question, assets)
  }

  stop(question: Question): void {
    this.questioning.stop(question)
  }

  show(question: Question | null): void {
    this.state.shown = question
    this.renderNow()
    const drawing = question === null ? null : (this.state.asked[question]?.answer?.drawing ?? null)
    place('coloured').replaceChildren(...(drawing === null ? [] : [svgOf(drawing)]))
    this.first.stage?.fit()
  }

  select(tab: Tab): void {
    this.state.tab = tab
    this.renderNow()
  }

  // ---- One request ---------------------------------------------------------------------------------------------------

  private pick(time: number): void {
    const window = this.first.series.at(time)
    if (window !== null) this.lookAt(window.from, window.to)
  }

  lookAt(from: number, to: number): void {
    this.state.ways = { from, to, until: to, list: null, chosen: null }
    this.state.tab = 'Live'
    this.first.run.ways(from, to)
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

  focusText(): void {
    this.editor?.focus()
  }

  /** @param follow what to say some time later of what came of it; null for nothing */
  say(sentence: string, follow: Side | null = null): void {
    this.state.sentence = sentence
    this.speaker.say(sentence)
    // Before 0 it warms up, and what is struck then strikes at 0.
    if (follow !== null) this.follows = { side: follow, after: Math.max(0, follow.run.now) + FOLLOWS }
    this.render()
  }

  render(): void {
    if (this.rendering) return
    this.rendering = true
    requestAnimationFrame(() => this.renderNow())
  }

  renderNow(): void {
    this.rendering = false
    this.drawnAt = performance.now()
    const { clock } = this
    const { names } = this.pair
    const view: View = {
      state: this.state,
      clock,
      sides: this.sides.map(({ state, series, hand }, i) => ({
        name: names[i]!,
        state,
        figures: series.figures(clock.now),
        strikes: hand.striking,
        factorOf: (users) => hand.factorOf(users),
      })),
      bands: this.bands,
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

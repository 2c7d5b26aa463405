import { html, svg, type TemplateResult } from 'lit-html'
import type { View } from './actions.js'
import { extras } from './extras.js'
import { reachedText, speedText } from './sentences.js'
import { clockText, roundClock, SPEEDS } from './timing.js'

const ICONS = {
  play: 'M5 3.2v11.6l10-5.8z',
  pause: 'M5 3.5h3v11h-3zM10.5 3.5h3v11h-3z',
  step: 'M4 3.5l7.5 5.5L4 14.500zM12.200 3.500h2v11h-2z',
  back: 'M14 3.5L6.500 9l7.500 5.500zM3.800 3.500h2v11h-2z',
  light:
    'M9 5.200a3.800 3.800 0 1 0 0 7.600a3.800 3.800 0 0 0 0-7.600M8.300 1h1.400v2.500h-1.400zM8.300 14.500h1.400v2.500h-1.400zM1 8.300h2.500v1.400h-2.500zM14.500 8.300h2.500v1.400h-2.500z',
} as const

const icon = (name: keyof typeof ICONS) =>
  html`<svg viewBox="0 0 18 18" aria-hidden="true">${svg`<path d=${ICONS[name]}></path>`}</svg>`

/** What is seen is one run of each: said, and of which. */
function oneRun(sides: View['sides']): string {
  const seeds = [...new Set(sides.flatMap(({ state }) => state.loaded?.seed ?? []))]
  const named = seeds.length > 1 ? `seeds ${seeds.join(' and ')}` : `seed ${seeds.join('')}`
  return `${sides.length > 1 ? 'one run each' : 'one run'}, ${named}`
}

export function head({ state, sides, actions }: View): TemplateResult {
  const { loaded } = state
  const side = (where: string) =>
    extras
      .filter((extra) => extra.side === where)
      .map(
        (extra) =>
          html`<button type="button" class="quiet" @click=${() => actions.open(extra)}>${extra.name}</button>`,
      )
  return html`<header class="head">
    <span class="brand">nines</span>
    ${side('left')}
    <h1>${loaded?.name ?? 'studio'}</h1>
    ${loaded === null ? '' : html`<p class="one-run">${oneRun(sides)}</p>`}
    <div class="right">
      ${side('right')}
      <button type="button" class="quiet" aria-label="Keys" @click=${() => actions.showKeys(true)}>?</button>
      <button type="button" class="quiet" aria-label="Light or dark" @click=${() => actions.turnTheme()}>
        ${icon('light')}
      </button>
    </div>
  </header>`
}

export function transport(view: View): TemplateResult {
  const { clock, actions, state } = view
  const idle = state.loaded === null
  return html`<div class="transport" role="group" aria-label="Time">
    <button type="button" class="main" ?disabled=${idle || clock.ended} @click=${() => actions.toggle()}>
      ${clock.playing ? icon('pause') : icon('play')}${clock.playing ? 'Pause' : 'Play'}
    </button>
    <button type="button" class="back" aria-label="Back one window" ?disabled=${idle || clock.now <= 0} @click=${() => actions.back()}>
      ${icon('back')}
    </button>
    <button type="button" aria-label="Step" ?disabled=${idle || clock.ended} @click=${() => actions.step()}>
      ${icon('step')}<span class="word">Step</span>
    </button>
    ${timeline(view)} ${speed(view)}
  </div>`
}

function timeline({ clock, state, bands, actions }: View): TemplateResult {
  const lasts = clock.lasts > 0 ? clock.lasts : 1
  const share = (time: number) => `${(100 * Math.max(0, Math.min(lasts, time))) / lasts}%`
  const to = clock.seeking?.to ?? clock.now
  return html`<output class="clock" aria-label="Second" aria-live="off">${clockText(clock.now)}</output>
    <div class="timeline">
      <svg class="bands" aria-hidden="true" width="100%" height="100%">
        ${bands.map(
          ({ from, to, name }) =>
            svg`<rect x=${share(from)} width=${share(Math.max(to - from, lasts / 400))} height="100%"><title>${name}</title></rect>`,
        )}
        ${clock.seeking === null ? '' : svg`<rect class="seek" width=${share(clock.now)} y="70%" height="30%"></rect>`}
      </svg>
      <input
        type="range"
        aria-label="Moment of the run"
        aria-valuetext=${`${clockText(to)} of ${roundClock(lasts)}`}
        min="0"
        max=${lasts}
        step="0.1"
        .value=${String(to)}
        ?disabled=${state.loaded === null}
        @change=${(event: Event) => actions.seek(Number((event.target as HTMLInputElement).value))}
      />
    </div>
    <span class="clock lasts">${roundClock(lasts)}</span>`
}

function speed({ clock, actions }: View): TemplateResult {
  const at = SPEEDS.findIndex((one) => one >= clock.speed)
  const said = speedText(clock.speed)
  const reached = reachedText(clock.speed, clock.playing ? clock.reached : null)
  return html`<label class="speed"
    ><span aria-hidden="true">Speed</span>
    <input
      type="range"
      aria-label="Speed"
      min="0"
      max=${SPEEDS.length - 1}
      step="1"
      .value=${String(at)}
      aria-valuetext=${reached === '' ? said : `${said}, ${reached}`}
      @input=${(event: Event) => actions.setSpeed(SPEEDS[Number((event.target as HTMLInputElement).value)]!)}
    /><output class="times" aria-live="off">${said}<small>${reached}</small></output></label
  >`
}

import { html, type Part, raw } from '../drawing/markup.js'
import type { Assets, Origin } from './assets.js'

/** A part of a page that its outline links to. */
export interface Section {
  readonly id: string
  readonly title: string
  readonly body: Part
}

/**
 * One page that needs nothing but itself, under a policy by which nothing else can run or be asked for.
 * @param head below the title: what was found out, in words
 */
export function page(title: string, head: Part, sections: readonly Section[], assets: Assets): string {
  const { script, style, hashes, origin } = assets
  const all = origin === undefined ? sections : [...sections, originSection(origin)]
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${raw(hashes.style)}'; script-src '${raw(hashes.script)}'; base-uri 'none'; form-action 'none'">
<title>nines: ${title}</title>
<style>${raw(style)}</style>
</head>
<body>
<header>
<p class="brand">nines</p>
<h1>${title}</h1>
${head}
<nav class="outline" aria-label="Contents"><ul>${all.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main>
${all.map(({ id, title, body }) => html`<section id="${id}">\n<h2>${title}</h2>\n${body}\n</section>\n`)}</main>
<footer>Simulated with nines, request by request. Numbers after ± are half of a 95% confidence interval; – stands where nothing can be told.</footer>
<script>${raw(script)}</script>
</body>
</html>
`.toString()
}

/** Letters of a file that a page carries at most. */
const MOST = 100_000

/** What was asked for, and the files as they were: who has the page can make it again. */
function originSection({ command, files }: Origin): Section {
  const shown = (name: string, text: string) =>
    html`<details><summary>${name}</summary><pre class="scroll" tabindex="0">${text}</pre></details>\n`
  return {
    id: 'sources',
    title: 'What it was made from',
    body: html`${command !== null && shown('The command', command)}${files.map(({ name, text }) =>
      text.length > MOST
        ? html`<p class="aside">${name} has ${text.length.toLocaleString('en-US')} letters and is left out.</p>`
        : shown(name, text),
    )}`,
  }
}

import { html, type Markup, raw } from '../drawing/markup.js'
import type { Assets } from './assets.js'

/** One page that needs nothing but itself. */
export function page(title: string, head: Markup, main: Markup, { script, style, hashes }: Assets): string {
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
${head}
</header>
<main>
${main}</main>
<footer>Simulated with nines, request by request. Numbers after ± are half of a 95% confidence interval; – stands where nothing can be told.</footer>
<script>${raw(script)}</script>
</body>
</html>
`.toString()
}

/** Marks around their middle, and colours that also differ in lightness. */
const LOOKS = {
  nines: { color: '#0b4f8a', mark: 'M0 -7L7 0L0 7L-7 0Z' },
  'C++': { color: '#a33b00', mark: 'M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0' },
  'C++ 4-ary': { color: '#a33b00', mark: 'M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0', hollow: true },
  SimPy: { color: '#2f7d32', mark: 'M0 -6L6 5H-6Z' },
  'SIM.JS': { color: '#6b4fa0', mark: 'M-5 -5H5V5H-5Z' },
  SimScript: { color: '#5c5c5c', mark: 'M-5 -5H5V5H-5Z', hollow: true },
}

/** Pixels. */
const WIDTH = 860
const [LEFT, RIGHT, TOP] = [120, 40, 50]
const ROW = 60
/** Of the legend, a name. */
const NAME = 105

const short = (x) => (x >= 1e6 ? `${x / 1e6} M` : x >= 1e3 ? `${x / 1e3} k` : `${x}`)

function mark(name, x, y) {
  const { color, mark, hollow = false } = LOOKS[name]
  const paint = hollow ? `fill="#ffffff" stroke="${color}" stroke-width="2"` : `fill="${color}"`
  return `<path transform="translate(${x.toFixed(1)} ${y})" ${paint} d="${mark}"><title>${name}</title></path>`
}

/**
 * The medians as an SVG: one line for each case, one mark for each program, on a logarithmic axis.
 *
 * @param {import('./summary.mjs').Row[]} rows
 */
export function chart(rows) {
  const titles = [...new Set(rows.map(({ title }) => title))]
  const names = [...new Set(rows.map(({ name }) => name))]
  const powers = rows.map(({ rate }) => Math.log10(rate.median))
  const [from, to] = [Math.floor(Math.min(...powers)), Math.ceil(Math.max(...powers))]
  const x = (power) => LEFT + ((WIDTH - LEFT - RIGHT) * (power - from)) / (to - from)
  const y = (title) => TOP + titles.indexOf(title) * ROW + ROW / 2
  const end = TOP + titles.length * ROW
  const decades = Array.from({ length: to - from + 1 }, (_, i) => from + i)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${end + 44}" viewBox="0 0 ${WIDTH} ${end + 44}" font-family="sans-serif" font-size="12" role="img">
<title>Requests per CPU-second, on a logarithmic axis</title>
<rect width="100%" height="100%" fill="#ffffff"/>
${names.map((name, i) => `${mark(name, LEFT + i * NAME + 6, 20)}<text x="${LEFT + i * NAME + 20}" y="24">${name}</text>`).join('\n')}
<g stroke="#dbdee4">
${decades.map((power) => `<path d="M${x(power).toFixed(1)} ${TOP}V${end}"/>`).join('\n')}
${titles.map((title) => `<path d="M${LEFT} ${y(title)}H${WIDTH - RIGHT}"/>`).join('\n')}
</g>
${decades.map((power) => `<text x="${x(power).toFixed(1)}" y="${end + 18}" text-anchor="middle">${short(10 ** power)}</text>`).join('\n')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${end + 38}" text-anchor="middle">requests per CPU-second</text>
${titles.map((title) => `<text x="${LEFT - 10}" y="${y(title) + 4}" text-anchor="end">${title}</text>`).join('\n')}
${rows.map(({ name, title, rate }) => mark(name, x(Math.log10(rate.median)), y(title))).join('\n')}
</svg>
`
}

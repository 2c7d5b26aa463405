import { init } from 'echarts'

/** Colours that also differ in lightness; each program has a symbol of its own beside. */
const LOOKS = {
  nines: { color: '#0b4f8a', symbol: 'diamond', symbolSize: 15 },
  'C++': { color: '#a33b00', symbol: 'circle', symbolSize: 11 },
  'C++ 4-ary': { color: '#a33b00', symbol: 'emptyCircle', symbolSize: 11 },
  SimPy: { color: '#2f7d32', symbol: 'triangle', symbolSize: 12 },
  'SIM.JS': { color: '#6b4fa0', symbol: 'rect', symbolSize: 10 },
  SimScript: { color: '#5c5c5c', symbol: 'emptyRect', symbolSize: 10 },
}

/**
 * The medians as an SVG: one line for each case, one mark for each program.
 *
 * @param {import('./summary.mjs').Row[]} rows
 */
export function chart(rows) {
  const titles = [...new Set(rows.map(({ title }) => title))]
  const names = [...new Set(rows.map(({ name }) => name))]
  const drawing = init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: 860,
    height: 90 + titles.length * 60,
  })
  drawing.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    legend: { top: 10, data: names, itemWidth: 14, itemGap: 24 },
    grid: { left: 120, right: 40, top: 45, bottom: 45 },
    xAxis: {
      type: 'log',
      name: 'requests per CPU-second',
      nameLocation: 'middle',
      nameGap: 28,
      axisLabel: { formatter: (x) => (x >= 1e6 ? `${x / 1e6} M` : x >= 1e3 ? `${x / 1e3} k` : `${x}`) },
    },
    yAxis: { type: 'category', inverse: true, data: titles, splitLine: { show: true } },
    series: names.map((name) => ({
      name,
      type: 'scatter',
      symbol: LOOKS[name].symbol,
      symbolSize: LOOKS[name].symbolSize,
      itemStyle: { color: LOOKS[name].color },
      data: rows.filter((row) => row.name === name).map(({ title, rate }) => [rate.median, title]),
    })),
  })
  const svg = drawing.renderToSVGString()
  // Otherwise the process would not end.
  drawing.dispose()
  return `${svg}\n`
}

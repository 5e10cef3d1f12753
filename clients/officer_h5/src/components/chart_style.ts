/** The page's colours, for ECharts. Apart from charts.ts, which brings the library with it. */
export const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

export const axisStyle = () => ({
  axisLine: { lineStyle: { color: colour('--line-strong') } },
  axisLabel: { color: colour('--ink-2'), fontSize: 12 },
  splitLine: { lineStyle: { color: colour('--line') } },
  axisTick: { show: false },
})

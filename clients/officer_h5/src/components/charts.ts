/** Only the parts of ECharts that the figures use; its colours are the page's. */
import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use, type ComposeOption } from 'echarts/core'
import type { BarSeriesOption, LineSeriesOption } from 'echarts/charts'
import type { GridComponentOption, LegendComponentOption, TooltipComponentOption } from 'echarts/components'
import { SVGRenderer } from 'echarts/renderers'
import { colour } from './chart_style'

export type EChartsOption = ComposeOption<BarSeriesOption | LineSeriesOption | GridComponentOption | LegendComponentOption | TooltipComponentOption>

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer])

export function makeChart(box: HTMLElement): { show: (option: EChartsOption) => void; stop: () => void } {
  const chart = init(box, null, { renderer: 'svg' })
  const watcher = new ResizeObserver(() => chart.resize())
  watcher.observe(box)
  return {
    show: (option) => chart.setOption({ ...base(), ...option }, true),
    stop: () => { watcher.disconnect(); chart.dispose() },
  }
}

function base(): EChartsOption {
  const [ink, quiet, line, surface] = ['--ink', '--ink-2', '--line', '--surface'].map(colour) as [string, string, string, string]
  return {
    color: ['--accent', '--warn', '--good', '--bad', '--ink-2'].map(colour),
    textStyle: { fontFamily: colour('--font'), color: ink },
    grid: { left: 8, right: 12, top: 36, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10, textStyle: { color: quiet, fontSize: 13 } },
    tooltip: { trigger: 'axis', backgroundColor: surface, borderColor: line, textStyle: { color: ink, fontSize: 14 }, confine: true },
  }
}

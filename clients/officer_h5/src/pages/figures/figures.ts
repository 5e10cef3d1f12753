/** From the figures to cards and charts. */
import type { Schema } from '../../api/client'
import { axisStyle, colour } from '../../components/chart_style'
import type { EChartsOption } from '../../components/charts'
import { HOUR, MINUTE, addDays } from '../../lib/time'

type Line = Schema<'FigureLine'>
interface Chart { option: EChartsOption; columns: string[]; rows: (string | number)[][] }

export function waited(seconds: number, decided: number): string {
  if (!decided) return '—'
  const mean = (seconds / decided) * 1000
  return mean < HOUR ? `${Math.max(1, Math.round(mean / MINUTE))} 分钟` : `${(mean / HOUR).toFixed(mean < 10 * HOUR ? 1 : 0)} 小时`
}

const share = (part: number, of: number, whole: string): string => (of ? `占${whole} ${Math.round((part / of) * 100)}%` : '')

export function cards(total: Line): { name: string; value: string | number; note: string; tone?: 'warn' | 'bad' }[] {
  return [
    { name: '会见申请', value: total.requested, note: `已审核 ${total.decided}` },
    { name: '完成会见', value: total.completed, note: share(total.completed, total.requested, '申请') },
    { name: '平均审核用时', value: waited(total.waited_seconds, total.decided), note: '从提交到答复' },
    { name: '拒绝', value: total.refused, note: share(total.refused, total.decided, '审核') },
    { name: '未到场', value: total.no_shows, note: share(total.no_shows, total.completed + total.no_shows, '应到'), tone: total.no_shows ? 'warn' : undefined },
    { name: '预警', value: total.alerts, note: '会见画面', tone: total.alerts ? 'bad' : undefined },
    { name: '现场会见', value: total.onsite, note: '' },
    { name: '亲情电话', value: total.calls, note: total.calls ? `共 ${Math.round(total.call_seconds / 60)} 分钟` : '' },
  ]
}

/** Every day of the span, also those without anything. */
export function byDay(days: Schema<'DayFigures'>[], first: string, last: string): Chart {
  const known = new Map(days.map((one) => [one.day, one]))
  const all: string[] = []
  for (let day = first; day <= last; day = addDays(day, 1)) all.push(day)
  const of = (name: keyof Line): number[] => all.map((day) => known.get(day)?.[name] ?? 0)
  const series: [string, keyof Line][] = [['视频会见', 'completed'], ['现场会见', 'onsite'], ['亲情电话', 'calls'], ['预警', 'alerts']]
  const short = (day: string): string => `${Number(day.slice(5, 7))}月${Number(day.slice(8))}日`
  return {
    option: {
      xAxis: { type: 'category', data: all.map(short), ...axisStyle() },
      yAxis: { type: 'value', minInterval: 1, ...axisStyle() },
      series: series.map(([name, key]) => ({ name, ...(key === 'alerts' ? { type: 'line' as const, showSymbol: false, color: colour('--bad') } : { type: 'bar' as const, stack: 'all', barMaxWidth: 22 }), data: of(key) })),
    },
    columns: ['日期', ...series.map(([name]) => name)],
    rows: all.filter((day) => known.has(day)).map((day) => [short(day), ...series.map(([, key]) => known.get(day)?.[key] ?? 0)]),
  }
}

export function byWard(wards: Schema<'WardFigures'>[]): Chart {
  const series: [string, keyof Line][] = [['完成', 'completed'], ['拒绝', 'refused'], ['未到场', 'no_shows'], ['预警', 'alerts']]
  return {
    option: {
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
      xAxis: { type: 'value', minInterval: 1, ...axisStyle() },
      yAxis: { type: 'category', inverse: true, data: wards.map((one) => one.ward), ...axisStyle() },
      series: series.map(([name, key]) => ({ name, type: 'bar', barMaxWidth: 14, data: wards.map((one) => one[key]) })),
    },
    columns: ['大队', ...series.map(([name]) => name), '平均审核用时'],
    rows: wards.map((one) => [one.ward, ...series.map(([, key]) => one[key]), waited(one.waited_seconds, one.decided)]),
  }
}

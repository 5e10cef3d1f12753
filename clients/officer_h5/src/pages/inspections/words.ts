import type { Schema } from '../../api/client'
import { startOfDay, today, DAY } from '../../lib/time'

type Line = Schema<'InspectionLine'>
const QUARTERS = ['一', '二', '三', '四']

/** `2026年12月巡检`, `2026年第四季度巡检`. */
export function titleOf(one: Pick<Line, 'kind' | 'period'>): string {
  const [year, part = ''] = one.period.split('-')
  return one.kind === 'monthly' ? `${year}年${Number(part)}月巡检` : `${year}年第${QUARTERS[Number(part.slice(1)) - 1] ?? ''}季度巡检`
}

export function dueOf(one: Pick<Line, 'due_on' | 'done_at'>): { text: string; tone: string } {
  if (one.done_at) return { text: '已完成', tone: 'good' }
  const days = Math.round((Date.parse(startOfDay(one.due_on)) - Date.parse(startOfDay(today()))) / DAY)
  if (days < 0) return { text: `逾期 ${-days} 天`, tone: 'bad' }
  return { text: days === 0 ? '今天到期' : `还有 ${days} 天`, tone: days <= 3 ? 'warn' : 'accent' }
}

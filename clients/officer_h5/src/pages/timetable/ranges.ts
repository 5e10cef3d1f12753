/** Which days a view shows. Days are `2026-12-01`, China's. */
import { addDays, weekday } from '../../lib/time'

export type View = 'month' | 'week' | 'day'

export const VIEWS: { value: View; name: string }[] = [
  { value: 'month', name: '月' }, { value: 'week', name: '周' }, { value: 'day', name: '日' },
]

export interface Range { first: string; last: string }

const firstOfMonth = (day: string): string => `${day.slice(0, 7)}-01`

export function nextMonth(day: string, step: number): string {
  const [year, month] = day.split('-').map(Number) as [number, number]
  const count = year * 12 + month - 1 + step
  return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, '0')}-01`
}

/** A month is shown with whole weeks, Monday first. */
export function rangeOf(view: View, day: string): Range {
  if (view === 'day') return { first: day, last: day }
  if (view === 'week') return { first: addDays(day, -weekday(day)), last: addDays(day, 6 - weekday(day)) }
  const first = firstOfMonth(day)
  const last = addDays(nextMonth(day, 1), -1)
  return { first: addDays(first, -weekday(first)), last: addDays(last, 6 - weekday(last)) }
}

export const step = (view: View, day: string, by: number): string =>
  view === 'month' ? nextMonth(day, by) : addDays(day, by * (view === 'week' ? 7 : 1))

export function daysOf({ first, last }: Range): string[] {
  const found: string[] = []
  for (let day = first; day <= last; day = addDays(day, 1)) found.push(day)
  return found
}

export function titleOf(view: View, day: string): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  if (view === 'month') return `${year}年${month}月`
  if (view === 'day') return `${month}月${date}日`
  const { first, last } = rangeOf('week', day)
  const short = (one: string): string => `${Number(one.slice(5, 7))}月${Number(one.slice(8))}日`
  return `${short(first)} – ${first.slice(0, 7) === last.slice(0, 7) ? `${Number(last.slice(8))}日` : short(last)}`
}

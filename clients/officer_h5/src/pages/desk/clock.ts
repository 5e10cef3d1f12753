import type { Schema } from '../../api/client'
import { MINUTE, span } from '../../lib/time'
import { VISIT_STATUS } from '../../lib/words'

/** What the clock says about a visit: minutes left, how long until it begins, or that it is late. */
export function clockOf(visit: Pick<Schema<'LiveVisit'>, 'status' | 'starts_at' | 'ends_at'>, now: number): { text: string; tone: 'bad' | 'warn' | 'calm' | 'good' } {
  const left = Date.parse(visit.ends_at) - now
  const until = Date.parse(visit.starts_at) - now
  if (visit.status === 'in_progress') {
    if (left <= 0) return { text: '时间已到', tone: 'bad' }
    return { text: `剩 ${Math.ceil(left / MINUTE)} 分钟`, tone: left <= 5 * MINUTE ? 'warn' : 'good' }
  }
  if (visit.status === 'approved') return until > 0 ? { text: `${span(until)}后开始`, tone: 'calm' } : { text: `已过 ${span(-until)}未到`, tone: 'warn' }
  return { text: VISIT_STATUS[visit.status] ?? '', tone: 'calm' }
}

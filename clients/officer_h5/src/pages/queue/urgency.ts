/** How pressing a thing is, in words and one of three colours. The server says by when it must be decided. */
import { serverNow, span, when } from '../../lib/time'
import type { Item } from './decisions'

export interface Urgency { text: string; tone: 'bad' | 'warn' | 'calm' }

const TONES = { overdue: 'bad', soon: 'warn', normal: 'calm' } as const

export function urgencyOf(item: Pick<Item, 'urgency' | 'due_at'>, now: number = serverNow()): Urgency {
  const left = Date.parse(item.due_at) - now
  const text = left <= 0 ? `已超时 ${span(-left)}` : item.urgency === 'normal' ? `${when(item.due_at, now)} 前处理` : `还剩 ${span(left)}`
  return { text, tone: TONES[item.urgency] }
}

/** How pressing a thing is, in words and one of three colours. */
import { DAY, HOUR, serverNow, span } from '../../lib/time'
import type { Item } from './decisions'

export interface Urgency { text: string; tone: 'bad' | 'warn' | 'calm' }

const WAITED_LONG = 3 * DAY

export function urgencyOf(item: Item, now: number = serverNow()): Urgency {
  if (item.starts_at) {
    const left = Date.parse(item.starts_at) - now
    if (left <= 0) return { text: '已到会见时间', tone: 'bad' }
    return { text: `${span(left)}后会见`, tone: left < 12 * HOUR ? 'bad' : left < DAY ? 'warn' : 'calm' }
  }
  const waited = now - Date.parse(item.asked_at)
  return { text: `已等待 ${span(waited)}`, tone: waited > WAITED_LONG ? 'bad' : waited > DAY ? 'warn' : 'calm' }
}

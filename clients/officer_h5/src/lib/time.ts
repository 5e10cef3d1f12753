/** Moments come in UTC and are shown in China's time, whatever the machine's own zone is. */
const ZONE = 'Asia/Shanghai'

const parts = new Intl.DateTimeFormat('zh-CN', {
  timeZone: ZONE, year: 'numeric', month: 'numeric', day: 'numeric', weekday: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
})

interface Parts { year: number; month: number; day: number; weekday: string; time: string; seconds: string }

function partsOf(moment: string | number | Date): Parts {
  const found = Object.fromEntries(parts.formatToParts(new Date(moment)).map((one) => [one.type, one.value]))
  return {
    year: Number(found.year), month: Number(found.month), day: Number(found.day), weekday: found.weekday ?? '',
    time: `${found.hour}:${found.minute}`, seconds: `${found.hour}:${found.minute}:${found.second}`,
  }
}

export const clockTime = (moment: string | number | Date): string => partsOf(moment).time
export const clockSeconds = (moment: string | number | Date): string => partsOf(moment).seconds

/** `2026-12-01`, the form that dates travel in. */
export function isoDay(moment: string | number | Date): string {
  const { year, month, day } = partsOf(moment)
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** `12月1日 周二`, with the year only where it is another one. */
export function dayName(moment: string | number | Date, now: number = serverNow()): string {
  const one = partsOf(moment)
  const year = one.year === partsOf(now).year ? '' : `${one.year}年`
  return `${year}${one.month}月${one.day}日 ${one.weekday}`
}

/** `今天 14:00`, `明天 14:00` or `12月1日 周二 14:00`. */
export function when(moment: string, now: number = serverNow()): string {
  const day = isoDay(moment)
  const near = day === isoDay(now) ? '今天' : day === isoDay(now + DAY) ? '明天' : day === isoDay(now - DAY) ? '昨天' : dayName(moment, now)
  return `${near} ${clockTime(moment)}`
}

export const timeRange = (from: string, to: string): string => `${clockTime(from)}–${clockTime(to)}`

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** `3 天 2 小时`, `5 小时 10 分`, `8 分钟`: two units at most, never more exact than useful. */
export function span(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / MINUTE))
  if (minutes < 60) return `${minutes} 分钟`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 && hours < 6 ? `${hours} 小时 ${minutes % 60} 分` : `${hours} 小时`
  return hours % 24 && hours < 72 ? `${Math.floor(hours / 24)} 天 ${hours % 24} 小时` : `${Math.floor(hours / 24)} 天`
}

/** Midnight in China at the start of `day` (`2026-12-01`), as a moment. */
export const startOfDay = (day: string): string => new Date(`${day}T00:00:00+08:00`).toISOString()

export const addDays = (day: string, days: number): string => isoDay(new Date(`${day}T12:00:00+08:00`).getTime() + days * DAY)

/** 0 is Monday, as in the timetable's templates. */
export const weekday = (day: string): number => (new Date(`${day}T12:00:00+08:00`).getUTCDay() + 6) % 7

export const WEEKDAYS = ['周一', '周二', '周三', '周四', '周五', '周六', '周日'] as const

// A PC's clock may be wrong; minutes left are counted by the server's.
let offset = 0

export function learnServerTime(stated: string | null): void {
  const moment = stated ? Date.parse(stated) : NaN
  if (!Number.isNaN(moment)) offset = moment - Date.now()
}

export const serverNow = (): number => Date.now() + offset
export const today = (): string => isoDay(serverNow())

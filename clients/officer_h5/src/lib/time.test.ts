import { describe, expect, it } from 'vitest'
import { addDays, clockTime, dayName, isoDay, span, startOfDay, weekday, when } from './time'

const NOON = Date.parse('2026-12-01T12:00:00+08:00')

describe('times', () => {
  it('are shown in China’s zone, whatever the machine’s is', () => {
    expect(clockTime('2026-11-30T16:05:00Z')).toBe('00:05')
    expect(isoDay('2026-11-30T16:05:00Z')).toBe('2026-12-01')
    expect(startOfDay('2026-12-01')).toBe('2026-11-30T16:00:00.000Z')
  })

  it('name near days and other years', () => {
    expect(when('2026-12-01T06:00:00Z', NOON)).toBe('今天 14:00')
    expect(when('2026-12-01T16:30:00Z', NOON)).toBe('明天 00:30')
    expect(dayName('2027-01-02T02:00:00Z', NOON)).toBe('2027年1月2日 周六')
  })

  it('count days across months and name weekdays from Monday', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(addDays('2028-03-01', -1)).toBe('2028-02-29')
    expect(weekday('2026-11-30')).toBe(0)
    expect(weekday('2026-12-06')).toBe(6)
  })

  it.each([
    [-5, '0 分钟'], [59 * 60e3, '59 分钟'], [90 * 60e3, '1 小时 30 分'], [20.5 * 36e5, '20 小时'],
    [26 * 36e5, '1 天 2 小时'], [100 * 36e5, '4 天'],
  ])('give a span of %d ms as %s', (ms, text) => expect(span(ms)).toBe(text))
})

import { expect, it } from 'vitest'
import { daysOf, nextMonth, rangeOf, step, titleOf } from './ranges'

it('shows a month in whole weeks from Monday', () => {
  expect(rangeOf('month', '2026-12-17')).toEqual({ first: '2026-11-30', last: '2027-01-03' })
  for (let day = '2026-01-01'; day < '2029-01-01'; day = nextMonth(day, 1)) {
    const days = daysOf(rangeOf('month', day))
    expect(days.length % 7).toBe(0)
    expect(days).toContain(day)
    expect(days.length).toBeLessThanOrEqual(62)
  }
})

it('steps by what is shown, across years', () => {
  expect(step('month', '2026-12-31', 1)).toBe('2027-01-01')
  expect(step('month', '2026-01-31', -1)).toBe('2025-12-01')
  expect(step('week', '2026-12-30', 1)).toBe('2027-01-06')
  expect(step('day', '2026-03-01', -1)).toBe('2026-02-28')
})

it('names what is shown', () => {
  expect(titleOf('month', '2026-12-01')).toBe('2026年12月')
  expect(titleOf('week', '2026-12-02')).toBe('11月30日 – 12月6日')
  expect(titleOf('week', '2026-12-09')).toBe('12月7日 – 13日')
  expect(titleOf('day', '2026-12-09')).toBe('12月9日')
})

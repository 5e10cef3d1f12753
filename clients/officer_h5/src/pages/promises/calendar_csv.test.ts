import { expect, it } from 'vitest'
import { readCalendar } from './calendar_csv'

it('reads what the sample and what Excel write', () => {
  const found = readCalendar('\ufeff日期,是否上班\r\n2027-01-01,0\r\n2027/2/6,上班\r\n"2027年2月8日",休\r\n\r\n')
  expect(found).toEqual({ year: 2027, holidays: ['2027-01-01', '2027-02-08'], workdays: ['2027-02-06'], problems: [] })
})

it('names all that is wrong by its line', () => {
  const found = readCalendar('day,worked\n2027-02-30,0\n2027-01-01,0\n2027-01-01,1\n2027-01-02,?\n2028-01-01,0')
  expect(found.problems.map((one) => one.line)).toEqual([2, 4, 5, 6])
  expect(readCalendar('').problems).toHaveLength(1)
})

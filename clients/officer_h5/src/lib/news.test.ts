import { beforeEach, expect, it, vi } from 'vitest'
import type { Schema } from '../api/client'
import { changes, forgetNews, helpCalls, markSeen, takeIn, unseen } from './news'

const ring = vi.hoisted(() => vi.fn())
vi.mock('./alarm', () => ({ ring, alarm: { waiting: 0 } }))

const alert = (id: string, count: number, at = '10'): Schema<'NewAlert'> => ({
  id, count, visit_id: `visit-${id}`, kind: 'unknown_person', side: 'family', acknowledged_at: null, acknowledged_why: null, changed_at: `2026-12-01T06:00:${at}Z`,
  first_at: '2026-12-01T06:00:00Z', last_at: '2026-12-01T06:00:00Z', resident_name: '陈立新', place: 1,
})
const news = (alerts: Schema<'NewAlert'>[], help_calls: Schema<'OpenHelpCall'>[] = []): Schema<'News'> => ({ cursor: 1, alerts, help_calls })

beforeEach(() => { forgetNews(); ring.mockClear() })

it('rings once for an alert that comes again and again in the answers', () => {
  takeIn(news([alert('a', 1)]))
  takeIn(news([alert('a', 1)]))
  expect(ring).toHaveBeenCalledTimes(1)
  expect(unseen.value.map((one) => one.id)).toEqual(['a'])
})

it('is quiet about what was looked at, until it is seen again in the room', () => {
  takeIn(news([alert('a', 1), alert('b', 1, '20')]))
  markSeen('visit-a')
  expect(unseen.value.map((one) => one.id)).toEqual(['b'])
  takeIn(news([alert('a', 2, '30')]))
  expect(unseen.value.map((one) => one.id)).toEqual(['a', 'b'])
  expect(ring).toHaveBeenCalledTimes(2)
})

it('tells the desk to read again when a call for help comes and when it is answered', () => {
  const before = changes.value
  takeIn(news([], [{ id: 'h', terminal_name: '1 号会见位', visit_id: null, asked_at: '2026-12-01T06:00:00Z' }]))
  expect(helpCalls.value).toHaveLength(1)
  takeIn(news([]))
  expect(changes.value).toBe(before + 2)
  expect(ring).toHaveBeenCalledTimes(1)
})

import { beforeEach, expect, it, vi } from 'vitest'
import { conflicts } from '../../lib/conflicts'
import { Problem } from '../../lib/problem'
import { drawn, settled } from '../../testing'
import MoveSheet from './MoveSheet.vue'

const api = vi.hoisted(() => ({ get: vi.fn(), post: vi.fn() }))
vi.mock('../../api/client', () => api)
beforeEach(() => { localStorage.clear(); sessionStorage.clear() })

const slot = (id: string, hour: number, taken: number) => ({ id, taken, capacity: 1, blocked: false, starts_at: `2999-12-01T0${hour}:00:00Z` })
const visit = { id: 'v', slot_id: 'old', starts_at: '2999-12-01T01:00:00Z', resident_name: '陈立新' }

it('lets go of a slot that somebody else took meanwhile, and says so', async () => {
  api.get.mockResolvedValue({ slots: [slot('a', 2, 0), slot('b', 3, 0)] })
  const sheet = await drawn(MoveSheet, { visit })
  await sheet.press('10:00')
  await sheet.fill('2999-12-01', '家属要求改期')
  api.get.mockResolvedValue({ slots: [slot('a', 2, 1), slot('b', 3, 0)] })
  api.post.mockImplementation(async () => { conflicts.value += 1; throw new Problem(409, 'slot_full', [{ code: 'slot_full', text: '这个时段刚刚约满。' }]) })
  await sheet.press('征询家属')
  await settled()
  expect(sheet.place.textContent).toContain('您选的 10:00 刚刚没有空位了，请另选一个时段。')
  await sheet.press('征询家属')
  expect(api.post).toHaveBeenCalledTimes(1)
  await sheet.press('11:00')
  expect(sheet.place.textContent).not.toContain('请另选')
  await sheet.press('征询家属')
  expect(api.post.mock.calls[1]![1]).toMatchObject({ body: { slot_id: 'b' } })
  sheet.leave()
})

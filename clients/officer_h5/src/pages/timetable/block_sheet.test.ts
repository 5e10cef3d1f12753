import { beforeEach, expect, it, vi } from 'vitest'
import { lostNetwork } from '../../lib/problem'
import { drawn } from '../../testing'
import BlockSheet from './BlockSheet.vue'

const api = vi.hoisted(() => ({ get: vi.fn(), post: vi.fn() }))
vi.mock('../../api/client', () => api)
beforeEach(() => { localStorage.clear(); sessionStorage.clear() })

it('closes a time once, also where somebody looks at the visits again in between', async () => {
  const keys: string[] = []
  api.get.mockResolvedValue({ terminals: [] })
  api.post.mockImplementation(async (path: string, options: { key: string }) => {
    if (path.endsWith('/preview')) return { slots: 1, visits: [], visits_hit: 0 }
    keys.push(options.key)
    if (keys.length === 1) throw lostNetwork(true)
    return { id: '1', visits_hit: 0 }
  })
  const sheet = await drawn(BlockSheet, { from: '2999-11-30T16:00:00Z', to: '2999-12-01T16:00:00Z' })
  await sheet.fill('2999-12-01', '2999-12-01', '线路检修')
  for (const name of ['查看影响', '确认停用', '返回修改', '查看影响', '确认停用']) await sheet.press(name)
  expect([keys.length, keys[1]]).toEqual([2, keys[0]])
  sheet.leave()
})

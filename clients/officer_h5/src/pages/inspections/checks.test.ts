import { expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { settled } from '../../testing'
import { useChecks, type Draft } from './checks'

const api = vi.hoisted(() => ({ post: vi.fn() }))
vi.mock('../../api/client', () => api)

const draft = (note: string, ready: boolean): Draft => ({ result: 'fault', note, outOfService: false, photos: [], ready })

it('keeps what is typed while an earlier version of it is on its way', async () => {
  let arrive = (_answer: object) => {}
  api.post.mockReturnValue(new Promise((resolve) => { arrive = resolve }))
  const scope = effectScope()
  const checks = scope.run(() => useChecks('i', () => undefined))!
  await settled()
  void checks.save('1', draft('没有画面', true))
  await settled()
  void checks.write('1', draft('没有画面，声音正常', false))
  arrive({})
  await settled()
  expect(checks.drafts.get('1')?.note).toBe('没有画面，声音正常')
  scope.stop()
})

it('sends what is saved while another one is on its way right after it', async () => {
  let arrive = (_answer: object) => {}
  api.post.mockReset()
  api.post.mockReturnValueOnce(new Promise((resolve) => { arrive = resolve })).mockResolvedValue({})
  const scope = effectScope()
  const checks = scope.run(() => useChecks('i', () => undefined))!
  await settled()
  for (const item of ['1', '2', '3']) {
    void checks.save(item, draft('没有画面', true))
    await settled()
  }
  expect(api.post).toHaveBeenCalledTimes(1)
  arrive({})
  await settled()
  expect(api.post).toHaveBeenCalledTimes(3)
  expect(checks.drafts.size).toBe(0)
  scope.stop()
})

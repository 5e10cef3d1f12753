import { beforeEach, expect, it, vi } from 'vitest'
import type { Component } from 'vue'
import { drawn } from '../../testing'
import ShiftSheet from '../duty/ShiftSheet.vue'
import DeviceList from './DeviceList.vue'
import PaidSheet from './PaidSheet.vue'
import ReadingSheet from './ReadingSheet.vue'
import TrainingList from './TrainingList.vue'
import TrainingRecordSheet from './TrainingRecordSheet.vue'

const post = vi.hoisted(() => vi.fn())
vi.mock('../../api/client', () => ({ get: async () => ({ devices: [], terminals: [], trainings: [] }), post }))
vi.mock('../../lib/session', () => ({ may: () => true }))
beforeEach(() => { localStorage.clear(); sessionStorage.clear(); post.mockReset() })

const paid = { id: '1', kind: 'sms', name: '短信', owner: '所里', fee: 100, starts_on: '2026-01-01', expires_on: '2027-01-01', unit: '条', quota: 1 }
const sheets: [string, Component, Record<string, unknown>, string, string, string[]][] = [
  ['a new device', DeviceList, {}, '登记', '登记', ['摄像头', 'SN-1']],
  ['a training', TrainingList, {}, '安排', '安排', ['值守页操作', '会见中心', '2026-12-09']],
  ['its record', TrainingRecordSheet, { training: { id: '1', topic: '值守页操作' } }, '', '保存', ['8', '全员参加']],
  ['a new subscription', PaidSheet, { paid: null }, '', '保存', ['短信', '所里', '99', '2026-01-01', '2027-01-01', '10', '条']],
  ['a renewal', PaidSheet, { paid }, '', '保存', ['短信', '所里', '99', '2026-02-01', '2028-01-01', '10', '条']],
  ['a reading', ReadingSheet, { paid }, '', '登记', ['5', '6']],
  ['a shift', ShiftSheet, { people: [{ id: '1', name: '何', level: 3 }] }, '', '保存', ['2026-12-09', '09:00', '2026-12-10', '10:00']],
]

it.each(sheets)('keeps what was typed of %s over a session that runs out, and sends it with a key', async (_name, component, props, opens, sends, texts) => {
  const open = async () => { const one = await drawn(component, props); if (opens) await one.press(opens); return one }
  const before = await open()
  await before.fill(...texts)
  before.leave()
  const after = await open()
  expect(after.values()).toEqual(texts)
  post.mockRejectedValueOnce(new Error('lost'))
  for (let time = 0; time < 2; time++) await after.press(sends)
  const keys = post.mock.calls.map(([, options]) => (options as { key: string }).key)
  expect([keys[0], keys.length]).toEqual([component === ReadingSheet ? undefined : expect.stringMatching(/^[0-9a-f]{32}$/), 2])
  expect(keys[1]).toBe(keys[0])
  after.leave()
  const anew = await open()
  expect(anew.values()).not.toEqual(texts)
  anew.leave()
})

import { createApp, nextTick } from 'vue'
import { expect, it, vi } from 'vitest'
import { showToast } from '../lib/toast'
import ToastNote from './ToastNote.vue'

it('is read out by a region that stood there before, and passes', async () => {
  vi.useFakeTimers()
  const place = document.createElement('div')
  createApp(ToastNote).mount(place)
  const region = place.querySelector('[role=status]')!
  expect(region.textContent).toBe('')
  showToast('已保存')
  await nextTick()
  expect(region.textContent).toBe('已保存')
  vi.runAllTimers()
  await nextTick()
  expect(region.textContent).toBe('')
  vi.useRealTimers()
})

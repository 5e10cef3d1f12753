import { createApp, h, nextTick, ref } from 'vue'
import { expect, it } from 'vitest'
import MomentField from './MomentField.vue'

function drawn(required: boolean) {
  const value = ref('2026-11-01')
  const place = document.createElement('div')
  createApp(() => h(MomentField, { label: '从', type: 'date', required, modelValue: value.value, 'onUpdate:modelValue': (given: string) => { value.value = given } })).mount(place)
  const input = place.querySelector('input')!
  const give = async (text: string) => {
    input.value = text
    input.dispatchEvent(new Event('input'))
    input.dispatchEvent(new Event('blur'))
    await nextTick()
  }
  return { value, place, input, give }
}

it('gives back a required date that somebody cleared, and says so', async () => {
  const { value, place, input, give } = drawn(true)
  await give('')
  expect([value.value, input.value]).toEqual(['2026-11-01', '2026-11-01'])
  expect(place.textContent).toContain('已恢复原来的日期')
  await give('2026-11-09')
  expect(value.value).toBe('2026-11-09')
  expect(place.textContent).not.toContain('已恢复')
})

it('takes an empty one where none is required', async () => {
  const { value, place, give } = drawn(false)
  await give('')
  expect(value.value).toBe('')
  expect(place.textContent).toContain('不限')
})

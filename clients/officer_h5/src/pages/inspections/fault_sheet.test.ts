import { expect, it, vi } from 'vitest'
import { drawn, settled } from '../../testing'
import FaultSheet from './FaultSheet.vue'

const reading = vi.hoisted(() => ({ done: (_photo: Blob) => {} }))
vi.mock('../../lib/photo', () => ({ shrunk: () => new Promise((resolve) => { reading.done = resolve }) }))
URL.createObjectURL = () => 'blob:1'
URL.revokeObjectURL = () => undefined

const item = { id: '1', what: '摄像头', note: '', photos: [], device_id: null, ticket_id: null }

it.each([['保存', 'save'], ['以后再填', 'close']])('%s waits for the photo that is still being read', async (button, told) => {
  const heard: string[] = []
  let photos = 0
  const write = (draft: { photos: unknown[] }) => { photos = draft.photos.length }
  const sheet = await drawn(FaultSheet, { item, onWrite: write, onSave: (draft: { photos: unknown[] }) => { heard.push('save'); write(draft) }, onClose: () => heard.push('close') })
  await sheet.fill('没有画面')
  const input = sheet.place.querySelector<HTMLInputElement>('input[type=file]')!
  Object.defineProperty(input, 'files', { value: [new File(['x'], 'a.jpg')] })
  input.dispatchEvent(new Event('change'))
  await sheet.press(button)
  expect(heard).toEqual([])
  reading.done(new Blob(['y']))
  await settled()
  expect([heard, photos]).toEqual([[told], 1])
  sheet.leave()
})

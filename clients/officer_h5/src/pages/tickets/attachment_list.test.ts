import { expect, it, vi } from 'vitest'
import { lostNetwork } from '../../lib/problem'
import { drawn, settled } from '../../testing'
import AttachmentList from './AttachmentList.vue'

const api = vi.hoisted(() => ({ get: vi.fn(), post: vi.fn() }))
vi.mock('../../api/client', () => api)

it('attaches once what is sent again because no answer came', async () => {
  let places = 0
  const attached: string[] = []
  vi.stubGlobal('fetch', async () => new Response())
  api.post.mockImplementation(async (path: string, options: { body: { key: string } }) => {
    if (path.endsWith('/place')) return { key: `place-${++places}`, url: '/', content_type: 'text/plain' }
    attached.push(options.body.key)
    if (attached.length === 1) throw lostNetwork()
    return {}
  })
  const list = await drawn(AttachmentList, { ticket: { id: '1', attachments: [] } })
  const input = list.place.querySelector<HTMLInputElement>('input[type=file]')!
  Object.defineProperty(input, 'files', { value: [new File(['x'], '截图.png', { type: 'image/png' })] })
  input.dispatchEvent(new Event('change'))
  await settled()
  await list.press('重试：截图.png')
  expect(attached).toEqual(['place-1', 'place-1'])
  expect(list.place.textContent).not.toContain('重试')
  list.leave()
  vi.unstubAllGlobals()
})

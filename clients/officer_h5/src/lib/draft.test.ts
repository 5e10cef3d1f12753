import { beforeEach, expect, it } from 'vitest'
import { reactive } from 'vue'
import { draftsAreOf, dropDraft, dropDrafts, keepForm, useDraft } from './draft'

beforeEach(() => { localStorage.clear(); sessionStorage.clear() })

it('finds after a reload what was typed before', () => {
  useDraft('refuse.1').value = '材料不清晰'
  expect(useDraft('refuse.1').value).toBe('材料不清晰')
  expect(useDraft('refuse.2').value).toBe('')
})

it('is gone once the act is done, and for whoever signs in next', () => {
  useDraft('a').value = '一'
  useDraft('b').value = '二'
  localStorage.setItem('visits.theme', 'dark')
  dropDraft('a')
  expect([useDraft('a').value, useDraft('b').value]).toEqual(['', '二'])
  dropDrafts()
  expect(useDraft('b').value).toBe('')
  expect(localStorage.getItem('visits.theme')).toBe('dark')
})

it('keeps a whole form until it is done', () => {
  const blank = { name: '', ward: { id: '1' } }
  const typed = reactive(structuredClone(blank))
  keepForm('resident', typed)
  Object.assign(typed, { name: '林小舟', ward: { id: '2' } })
  const found = reactive(structuredClone(blank))
  const drop = keepForm('resident', found)
  expect(found).toEqual({ name: '林小舟', ward: { id: '2' } })
  drop()
  expect(found).toEqual(blank)
  const later = reactive(structuredClone(blank))
  keepForm('resident', later)
  expect(later).toEqual(blank)
})

it('keeps of a record only what was changed here', () => {
  const typed = reactive({ name: '短信', fee: '99' })
  keepForm('paid', typed)
  typed.fee = '120'
  const renewed = reactive({ name: '短信（续）', fee: '99' })
  keepForm('paid', renewed)
  expect(renewed).toEqual({ name: '短信（续）', fee: '120' })
})

it('stays with whoever typed it', () => {
  draftsAreOf('wang')
  useDraft('a').value = '一'
  keepForm('b', reactive({ name: '' }))
  draftsAreOf('wang')
  expect(useDraft('a').value).toBe('一')
  draftsAreOf('sun')
  expect(useDraft('a').value).toBe('')
})

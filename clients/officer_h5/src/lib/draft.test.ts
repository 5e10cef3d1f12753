import { beforeEach, expect, it } from 'vitest'
import { dropDraft, dropDrafts, useDraft } from './draft'

beforeEach(() => localStorage.clear())

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

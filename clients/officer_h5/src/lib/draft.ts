/** What an officer types outlives a lost network, a reload and a sign-in that ran out; signing out drops it. */
import { forgetKept } from './kept'
import { ref, watch, type Ref } from 'vue'

const PREFIX = 'visits.draft.'

export function useDraft(key: string, initial = ''): Ref<string> {
  const place = PREFIX + key
  const text = ref(localStorage.getItem(place) ?? initial)
  watch(text, (value) => {
    if (value && value !== initial) localStorage.setItem(place, value)
    else localStorage.removeItem(place)
  }, { flush: 'sync' })
  return text
}

export const dropDraft = (key: string): void => localStorage.removeItem(PREFIX + key)

export function dropDrafts(): void {
  forgetKept()
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key)
}

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

/** A whole form the same way, but in this tab alone, since names stand in it. Gives what drops it once it is done. */
export function keepForm(key: string, form: object): () => void {
  const place = PREFIX + key
  const empty = JSON.stringify(form)
  Object.assign(form, JSON.parse(sessionStorage.getItem(place) ?? '{}'))
  watch(form, () => sessionStorage.setItem(place, JSON.stringify(form)), { flush: 'sync' })
  return () => {
    Object.assign(form, JSON.parse(empty))
    sessionStorage.removeItem(place)
  }
}

export function dropDrafts(): void {
  forgetKept()
  for (const place of [localStorage, sessionStorage]) for (const key of Object.keys(place)) if (key.startsWith(PREFIX)) place.removeItem(key)
}

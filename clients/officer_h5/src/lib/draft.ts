/** What an officer types outlives a lost network, a reload and a sign-in that ran out; signing out drops it. */
import { forgetKept } from './kept'
import { ref, watch, type Ref } from 'vue'

const PREFIX = 'visits.draft.'
const OWNER = 'visits.drafts-of'

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

/** A form the same way, but in this tab alone, since names stand in it: of its fields those that were changed, so that
 * the others show what the record says by then. Gives what drops it once it is done. */
export function keepForm(key: string, form: object): () => void {
  const place = PREFIX + key
  const blank = copied(form)
  Object.assign(form, JSON.parse(sessionStorage.getItem(place) ?? '{}'))
  watch(form, () => {
    const typed = Object.entries(form).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(blank[name]))
    if (typed.length) sessionStorage.setItem(place, JSON.stringify(Object.fromEntries(typed)))
    else sessionStorage.removeItem(place)
  }, { flush: 'sync' })
  return () => {
    Object.assign(form, copied(blank))
    sessionStorage.removeItem(place)
  }
}

const copied = (form: object): Record<string, unknown> => JSON.parse(JSON.stringify(form)) as Record<string, unknown>

export function dropDrafts(): void {
  forgetKept()
  for (const place of [localStorage, sessionStorage]) dropIn(place)
}

/** Of one officer alone: whoever signs in next in this browser, also after a session that ran out, finds nothing. */
export function draftsAreOf(officer: string): void {
  for (const place of [localStorage, sessionStorage]) {
    if (place.getItem(OWNER) === officer) continue
    dropIn(place)
    if (place === localStorage) forgetKept()
    place.setItem(OWNER, officer)
  }
}

function dropIn(place: Storage): void {
  for (const key of Object.keys(place)) if (key.startsWith(PREFIX)) place.removeItem(key)
}

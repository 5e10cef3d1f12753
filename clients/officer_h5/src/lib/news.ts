/** What is new in the rooms, asked for on every part of the page, also in a tab that is not looked at. */
import { computed, reactive, watch } from 'vue'
import { get, type Schema } from '../api/client'
import { alarm, ring } from './alarm'
import { badges } from './badges'
import { usePoll } from './poll'

export type NewAlert = Schema<'NewAlert'>
type HelpCall = Schema<'OpenHelpCall'>

// Three seconds from the frame to the screen are promised: one to look at the frame, this, and one to spare.
const EVERY_MS = 1_000

const state = reactive({ alerts: [] as NewAlert[], seen: new Map<string, number>(), helpCalls: [] as HelpCall[], changes: 0 })

/** Newest first; an alert comes back when it was seen again in the room. */
export const unseen = computed(() => state.alerts.filter((one) => (state.seen.get(one.id) ?? 0) < one.count))
export const helpCalls = computed(() => state.helpCalls)
/** Rises whenever something changed, so that the desk reads again at once. */
export const changes = computed(() => state.changes)

export function markSeen(visitId: string): void {
  for (const one of state.alerts) if (one.visit_id === visitId) state.seen.set(one.id, one.count)
}

export function takeIn(news: Schema<'News'>): void {
  const known = new Map(state.alerts.map((one) => [one.id, one]))
  let fresh = 0
  for (const one of news.alerts) {
    const before = known.get(one.id)
    if (before && before.count >= one.count) continue
    known.set(one.id, one)
    // Seen again in the room rings only where nobody has looked at it yet.
    fresh += 1
  }
  const calls = news.help_calls.filter((one) => !state.helpCalls.some((old) => old.id === one.id)).length
  const gone = state.helpCalls.length !== news.help_calls.length
  state.alerts = [...known.values()].sort((a, b) => b.changed_at.localeCompare(a.changed_at)).slice(0, 100)
  state.helpCalls = news.help_calls
  if (fresh || calls) ring()
  if (fresh || calls || gone) state.changes += 1
}

/** In a component that lives as long as the officer is signed in. */
export function watchNews(): void {
  let cursor: number | undefined
  const ask = async (): Promise<void> => {
    const news = await get('/approve/v1/live-desk/news', { query: { since: cursor } })
    cursor = news.cursor
    takeIn(news)
  }
  usePoll(ask, EVERY_MS, { always: true })
  void ask().catch(() => undefined)
  watch([unseen, helpCalls], () => {
    badges.desk = alarm.waiting = unseen.value.length + helpCalls.value.length
  }, { immediate: true })
}

export function forgetNews(): void {
  Object.assign(state, { alerts: [], helpCalls: [] })
  state.seen.clear()
  badges.desk = alarm.waiting = 0
}

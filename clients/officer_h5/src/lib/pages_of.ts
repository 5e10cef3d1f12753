/** A list that is read page by page: the first one again when the question changes, the next one when asked for. */
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { conflicts } from './conflicts'
import { asProblem, type Problem } from './problem'

export function usePagesOf<Item, Head>(read: (before: string | undefined, signal: AbortSignal) => Promise<{ items: Item[]; next: string | null; head: Head }>) {
  const items = shallowRef<Item[] | null>(null)
  const head = shallowRef<Head | null>(null)
  const next = ref<string | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const loading = ref(false)
  let current: AbortController | null = null

  async function load(more: boolean): Promise<void> {
    current?.abort()
    const mine = (current = new AbortController())
    loading.value = true
    try {
      const found = await read((more && next.value) || undefined, mine.signal)
      if (current !== mine) return
      items.value = more ? [...(items.value ?? []), ...found.items] : found.items
      head.value = found.head
      next.value = found.next
      problem.value = null
    } catch (error) {
      if (current === mine && !mine.signal.aborted) problem.value = asProblem(error)
    } finally {
      if (current === mine) loading.value = false
    }
  }
  watch(conflicts, () => { if (items.value) void load(false) })
  onScopeDispose(() => current?.abort())
  const again = (): Promise<void> => { items.value = null; return load(false) }
  return { items, head, next, problem, loading, again, reload: () => load(false), more: () => load(true) }
}

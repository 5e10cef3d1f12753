/** Something to read from the server: what it is, that it is on its way, or why it is not there. */
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { conflicts } from './conflicts'
import { asProblem, type Problem } from './problem'

export interface Loaded<T> {
  data: ShallowRef<T | null>
  problem: ShallowRef<Problem | null>
  loading: Ref<boolean>
  reload: () => Promise<void>
  /** Shows what an act was answered: a read that is under way is older. */
  take: (found: T) => void
}

/** An older answer never overwrites a newer one. What was shown stays while a reload is under way or fails. */
export function useLoad<T>(read: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const data = shallowRef<T | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const loading = ref(false)
  let current: AbortController | null = null

  async function reload(): Promise<void> {
    current?.abort()
    const mine = (current = new AbortController())
    loading.value = true
    try {
      const found = await read(mine.signal)
      if (current === mine) { data.value = found; problem.value = null }
    } catch (error) {
      if (current === mine && !mine.signal.aborted) problem.value = asProblem(error)
    } finally {
      if (current === mine) loading.value = false
    }
  }

  function take(found: T): void {
    current?.abort()
    current = null
    data.value = found
    problem.value = null
    loading.value = false
  }

  watch(conflicts, reload)
  onScopeDispose(() => current?.abort())
  void reload()
  return { data, problem, loading, reload, take }
}

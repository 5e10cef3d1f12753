/** The queue as this tab sees it: read again and again, what is decided leaves at once. */
import { computed, reactive, ref, watch } from 'vue'
import { get } from '../../api/client'
import { badges } from '../../lib/badges'
import { useLoad } from '../../lib/load'
import { usePoll } from '../../lib/poll'
import { asProblem, type Problem } from '../../lib/problem'
import { decide, keyOf, type Item, type Verdict } from './decisions'

const AGAIN_MS = 15_000
const AT_ONCE = 4

export interface Failure { item: Item; problem: Problem }

export function useQueue() {
  const gone = reactive(new Set<string>())
  const { data, problem, loading, reload } = useLoad(async (signal) => {
    const found = await get('/approve/v1/queue', { signal })
    gone.clear()
    return found.items
  })
  const items = computed(() => (data.value ?? []).filter((one) => !gone.has(keyOf(one))))
  watch(items, (list) => { badges.queue = list.length })
  usePoll(reload, AGAIN_MS)

  /** Somebody else was first, or we are: either way it has left the queue. */
  async function decideOne(item: Item, verdict: Verdict, reason: string): Promise<void> {
    try {
      await decide(item, verdict, reason)
      gone.add(keyOf(item))
    } catch (error) {
      if (asProblem(error).isConflict) gone.add(keyOf(item))
      throw error
    }
  }

  const progress = ref<{ done: number; of: number } | null>(null)

  /** Each is decided for itself: one that fails keeps none of the others. */
  async function decideMany(list: Item[], verdict: Verdict, reason: string): Promise<Failure[]> {
    const failures: Failure[] = []
    const left = [...list]
    progress.value = { done: 0, of: list.length }
    async function work(): Promise<void> {
      for (let item = left.shift(); item; item = left.shift()) {
        try { await decideOne(item, verdict, reason) } catch (error) { failures.push({ item, problem: asProblem(error) }) }
        if (progress.value) progress.value = { ...progress.value, done: progress.value.done + 1 }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    progress.value = null
    return failures
  }

  return { data, items, problem, loading, reload, decideOne, decideMany, progress }
}

/** The queue as this tab sees it: read again and again, what is decided leaves at once. */
import { computed, reactive, ref, watch } from 'vue'
import { get } from '../../api/client'
import { badges } from '../../lib/badges'
import { useLoad } from '../../lib/load'
import { usePoll } from '../../lib/poll'
import { asProblem } from '../../lib/problem'
import { AT_ONCE, decide, decideMany, keyOf, type Item, type Outcome, type Verdict } from './decisions'

const AGAIN_MS = 15_000

export function useQueue() {
  const gone = reactive(new Set<string>())
  const read = async (signal?: AbortSignal): Promise<Item[]> => {
    const found = await get('/approve/v1/queue', { signal })
    gone.clear()
    return found.items
  }
  const { data, problem, loading, reload } = useLoad(read)
  const items = computed(() => (data.value ?? []).filter((one) => !gone.has(keyOf(one))))
  watch(items, (list) => { badges.queue = list.length })
  usePoll(reload, AGAIN_MS)

  /** After the first of two approvals it waits on; everything else that was decided, by us or by others, leaves. */
  async function decideOne(item: Item, verdict: Verdict, reason: string): Promise<void> {
    try {
      await decide(item, verdict, reason)
      gone.add(keyOf(item))
    } catch (error) {
      if (asProblem(error).isConflict) gone.add(keyOf(item))
      throw error
    } finally {
      void reload()
    }
  }

  const progress = ref<{ done: number; of: number } | null>(null)

  /** Each is decided for itself; gives the outcomes that came to nothing. Where no answer comes, `stillOpen` tells what is left. */
  async function decideAll(list: Item[], verdict: Verdict, reason: string): Promise<Outcome[]> {
    const failed: Outcome[] = []
    progress.value = { done: 0, of: list.length }
    try {
      for (let from = 0; from < list.length; from += AT_ONCE) {
        const outcomes = await decideMany(list.slice(from, from + AT_ONCE), verdict, reason)
        for (const one of outcomes) one.done ? gone.add(keyOf(one)) : failed.push(one)
        progress.value = { done: from + outcomes.length, of: list.length }
      }
    } finally {
      progress.value = null
    }
    await reload()
    return failed
  }

  /** Which of `list` nobody has decided yet, by the server's word. Raises Problem where it cannot be asked. */
  async function stillOpen(list: Item[], verdict: Verdict): Promise<Item[]> {
    const keys = new Set(list.map(keyOf))
    data.value = await read()
    return items.value.filter((one) => keys.has(keyOf(one)) && !(verdict === 'approve' && one.waits_for_other))
  }

  return { data, items, problem, loading, reload, decideOne, decideAll, stillOpen, progress }
}

import { ref, type Ref } from 'vue'
import { asProblem, type Problem } from './problem'

interface Attempt {
  /** While the act runs; whoever presses again meanwhile starts no second one. */
  busy: Ref<boolean>
  /** What went wrong in the last one. */
  problem: Ref<Problem | null>
  /** `key` is one for one act: the same when it is tried again because no answer came. The client adds what is sent to
   * it (api/client.ts), so that words changed in between are another act. */
  attempt: (work: (key: string) => Promise<unknown>) => Promise<void>
}

/** An act that may fail, with what its button and the note beside it show. */
export function useAttempt(): Attempt {
  const busy = ref(false)
  const problem = ref<Problem | null>(null)
  let key = ''
  async function attempt(work: (key: string) => Promise<unknown>): Promise<void> {
    if (busy.value) return
    busy.value = true
    if (!problem.value?.isUnanswered) key = newKey()
    problem.value = null
    try {
      await work(key)
    } catch (error) {
      problem.value = asProblem(error)
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, attempt }
}

const newKey = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, '0')).join('')

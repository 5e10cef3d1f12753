import { ref, type Ref } from 'vue'
import { asProblem, type Problem } from './problem'

interface Attempt {
  /** While the act runs; whoever presses again meanwhile starts no second one. */
  busy: Ref<boolean>
  /** What went wrong in the last one. */
  problem: Ref<Problem | null>
  attempt: (work: () => Promise<unknown>) => Promise<void>
}

/** An act that may fail, with what its button and the note beside it show. */
export function useAttempt(): Attempt {
  const busy = ref(false)
  const problem = ref<Problem | null>(null)
  async function attempt(work: () => Promise<unknown>): Promise<void> {
    if (busy.value) return
    busy.value = true
    problem.value = null
    try {
      await work()
    } catch (error) {
      problem.value = asProblem(error)
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, attempt }
}

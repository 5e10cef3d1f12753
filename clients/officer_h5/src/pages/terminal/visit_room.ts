/** The visit that runs here, and its room: in it for as long as the visit lasts. Nobody sits at this PC, so whatever
 * throws it out (a power cut, a lost network, a camera plugged in late) must mend by itself. */
import { computed, ref, watch, type ShallowRef } from 'vue'
import type { Schema } from '../../api/client'
import { asProblem, type Problem } from '../../lib/problem'
import { useRoom } from '../../lib/room'
import { useTick } from '../../lib/tick'
import { joined, joinVisit } from './terminal'

const AGAIN_MS = 15_000
const FINAL = [400, 403, 404, 409, 422]

/** The server's last word until somebody changes something; all else may be different in a moment. */
const isFinal = (problem: Problem): boolean => FINAL.includes(problem.status)

/** `data` is read every few seconds; each answer is when to see whether we are where we should be. */
export function useVisitRoom(data: ShallowRef<Schema<'TerminalPage'> | null>, own: Readonly<ShallowRef<HTMLElement | null>>) {
  const { room, join, send, show, leave, mute } = useRoom({ publish: true })
  const mine = computed(() => data.value?.visits.find((one) => one.id === joined.value))
  const entering = ref(false)
  const refused = ref<Problem | null>(null)
  // A pass that was given while the microphone was off can send no sound: after that only a new one can.
  let withoutVoice = false
  let again = 0
  const wait = (): void => { again = performance.now() + AGAIN_MS }

  async function enter(visitId: string): Promise<void> {
    if (entering.value) return
    entering.value = true
    refused.value = null
    joined.value = visitId
    try {
      withoutVoice = mine.value?.muted ?? false
      void mute(withoutVoice)
      const pass = await joinVisit(visitId)
      if (joined.value === visitId) await join(pass, own.value ?? undefined)
    } catch (error) {
      if (joined.value === visitId) refused.value = asProblem(error)
    } finally {
      entering.value = false
      wait()
    }
  }

  function keepUp(): void {
    if (!data.value) return
    const visit = mine.value
    if (!visit) return over()
    if (!visit.can_join || entering.value || stopped.value || performance.now() < again) return
    if (room.state !== 'in' || (withoutVoice && !visit.muted)) void enter(visit.id)
    else if (room.problem) { wait(); void send() }
  }

  /** The visit is over, or was never ours. */
  function over(): void {
    joined.value = ''
    refused.value = null
    again = 0
    if (room.state !== 'out') void leave()
  }

  /** Only a hand tries again. */
  const stopped = computed(() => (refused.value ? isFinal(refused.value) : room.state === 'failed' && room.hopeless))
  const state = computed(() => (entering.value && room.state !== 'in' ? 'joining' : refused.value ? 'failed' : room.state))
  const problem = computed(() => refused.value?.message ?? room.problem)
  const inside = computed(() => !!mine.value && state.value !== 'out')

  const now = useTick()
  const seconds = ref(0)
  watch(now, () => { seconds.value = Math.max(0, Math.ceil((again - performance.now()) / 1000)) })

  watch(data, keepUp)
  watch(() => room.state, (is) => { if (is === 'lost') wait() })
  watch(() => mine.value?.muted ?? false, (muted) => { if (muted || !withoutVoice) void mute(muted) })

  return { room, mine, state, problem, inside, entering, stopped, seconds, enter, leave, show }
}

import { onScopeDispose, ref, type Ref } from 'vue'
import { serverNow } from './time'

/** The server's time, again every second. */
export function useTick(): Ref<number> {
  const now = ref(serverNow())
  const timer = setInterval(() => { now.value = serverNow() }, 1000)
  onScopeDispose(() => clearInterval(timer))
  return now
}

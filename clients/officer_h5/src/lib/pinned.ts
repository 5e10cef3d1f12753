import { computed, ref, watch, type ComputedRef } from 'vue'

/** The first of a list that sorts itself anew: as long as it is there it stays the one looked at, since somebody may be
 * writing about it, or about to press a key. */
export function usePinned<T>(list: () => T[], keyOf: (one: T) => string): ComputedRef<T | undefined> {
  const last = ref('')
  const pinned = computed(() => list().find((one) => keyOf(one) === last.value) ?? list()[0])
  watch(pinned, (one) => { last.value = one ? keyOf(one) : '' }, { immediate: true, flush: 'sync' })
  return pinned
}

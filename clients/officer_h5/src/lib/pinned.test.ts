import { expect, it } from 'vitest'
import { ref } from 'vue'
import { usePinned } from './pinned'

it('stays with what is looked at while the list is sorted anew, and goes on when it is gone', () => {
  const list = ref(['a', 'b'])
  const pinned = usePinned(() => list.value, (one) => one)
  const seen = [['a', 'b'], ['c', 'a', 'b'], ['c', 'b'], ['b', 'c'], [], ['b']].map((now) => { list.value = now; return pinned.value })
  expect(seen).toEqual(['a', 'a', 'c', 'c', undefined, 'b'])
})

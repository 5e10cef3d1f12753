import { expect, it } from 'vitest'
import { effectScope } from 'vue'
import { settled } from '../testing'
import { useLoad } from './load'

it('does not put an older read over what an act was answered', async () => {
  let arrive = (_found: string) => {}
  const scope = effectScope()
  const { data, loading, take } = scope.run(() => useLoad(() => new Promise<string>((resolve) => { arrive = resolve })))!
  take('after the act')
  arrive('before the act')
  await settled()
  expect([data.value, loading.value]).toEqual(['after the act', false])
  scope.stop()
})

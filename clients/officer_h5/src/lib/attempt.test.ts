import { expect, it } from 'vitest'
import { useAttempt } from './attempt'
import { Problem } from './problem'

it('is one act at a time', async () => {
  const { busy, attempt } = useAttempt()
  let done = () => {}
  let count = 0
  const first = attempt(() => new Promise<void>((resolve) => { count += 1; done = resolve }))
  await attempt(async () => { count += 1 })
  expect([busy.value, count]).toEqual([true, 1])
  done()
  await first
  expect(busy.value).toBe(false)
})

it('says what went wrong until the next one', async () => {
  const { busy, problem, attempt } = useAttempt()
  await attempt(() => Promise.reject(new Problem(409, 'changed_meanwhile', [])))
  expect([busy.value, problem.value?.code]).toEqual([false, 'changed_meanwhile'])
  await attempt(() => Promise.reject(new Error('unexpected')))
  expect(problem.value?.code).toBe('internal')
  await attempt(async () => {})
  expect(problem.value).toBe(null)
})

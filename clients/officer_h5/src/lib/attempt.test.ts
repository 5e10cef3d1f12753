import { expect, it } from 'vitest'
import { useAttempt } from './attempt'
import { lostNetwork, Problem } from './problem'

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

it('keeps its key while nobody has answered', async () => {
  const { attempt } = useAttempt()
  const keys: string[] = []
  const answers = [lostNetwork(), new Problem(502, 'internal', []), new Problem(409, 'changed_meanwhile', []), null]
  for (const answer of answers) await attempt(async (key) => { keys.push(key); if (answer) throw answer })
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
  expect(keys.map((one) => keys.indexOf(one))).toEqual([0, 0, 0, 3])
})

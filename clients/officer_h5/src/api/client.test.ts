import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { conflicts } from '../lib/conflicts'
import { network } from '../lib/network'
import { Problem } from '../lib/problem'
import { access, get, post, type Schema } from './client'

const answers: (() => Response)[] = []
const asked: { url: string; init: RequestInit }[] = []

const json = (body: unknown, status = 200) => () => new Response(JSON.stringify(body), { status })
const lost = () => { throw new TypeError('failed') }
const refusal = (code: string, status: number) => json({ code, errors: [{ code, text: '说明' }] }, status)

beforeEach(() => {
  answers.length = asked.length = 0
  access.token = 'old'
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 400 })
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => { asked.push({ url, init }); return answers.shift()!() })
})
afterEach(() => { vi.useRealTimers(); vi.unstubAllGlobals() })

const tokens = () => asked.map((one) => (one.init.headers as Record<string, string>).Authorization)

describe('a call', () => {
  it('renews a token that ran out, once, and goes on', async () => {
    access.renew = vi.fn(async () => { access.token = 'new'; return true })
    answers.push(refusal('session_expired', 401), json({ items: [] }))
    expect(await get('/approve/v1/queue')).toEqual({ items: [] })
    expect(tokens()).toEqual(['Bearer old', 'Bearer new'])
    expect(access.renew).toHaveBeenCalledTimes(1)
  })

  it('gives up when the session is over', async () => {
    access.renew = async () => false
    answers.push(refusal('session_expired', 401))
    await expect(get('/approve/v1/queue')).rejects.toMatchObject({ status: 401, code: 'session_expired' })
  })

  it('reads again by itself when the network is lost, and says so meanwhile', async () => {
    answers.push(lost, () => { expect(network.lost).toBe(true); return json({ items: [] })() })
    expect(await get('/approve/v1/queue')).toEqual({ items: [] })
    expect(network.lost).toBe(false)
  })

  it('never sends a change twice by itself', async () => {
    answers.push(lost)
    const sent = post('/approve/v1/session/end')
    await expect(sent).rejects.toMatchObject({ isNetwork: true })
    expect(asked).toHaveLength(1)
  })

  it('is the same act as long as the same is sent under its key', async () => {
    answers.push(...Array.from({ length: 4 }, () => json({})))
    const say = (text: string) => post('/ops/v1/tickets/{ticket_id}/{action}', { path: { ticket_id: '1', action: 'comment' }, key: 'k', body: { text } as Schema<'ActOnTicket'> })
    for (const text of ['在路上', '在路上', '已到现场', '在路上']) await say(text)
    const keys = asked.map((one) => (one.init.headers as Record<string, string>)['Idempotency-Key'])
    expect(keys.map((one) => keys.indexOf(one))).toEqual([0, 0, 2, 0])
  })

  it('says that trying again is safe where it is', async () => {
    answers.push(lost, lost)
    const told = async (key?: string) => ((await post('/ops/v1/problems', { key, body: { kind: 'consult', title: '', text: '' } }).catch((error: unknown) => error)) as Problem).message
    expect([(await told('k')).includes('不会重复办理'), (await told()).includes('不会重复办理')]).toEqual([true, false])
  })

  it('has everything read again after a conflict', async () => {
    answers.push(refusal('changed_meanwhile', 409))
    const before = conflicts.value
    await expect(post('/approve/v1/session/end')).rejects.toMatchObject({ isConflict: true })
    expect(conflicts.value).toBe(before + 1)
  })

  it('neither shows nor renews a session where it is to go without', async () => {
    access.renew = vi.fn(async () => true)
    answers.push(refusal('not_signed_in', 401))
    await expect(post('/approve/v1/session/refresh', { bare: true })).rejects.toMatchObject({ status: 401 })
    expect(tokens()).toEqual([undefined])
    expect(access.renew).not.toHaveBeenCalled()
  })

  it('puts ids and questions into the address safely', async () => {
    answers.push(json({ url: 'x' }))
    await get('/approve/v1/session/wecom', { query: { return_to: '/queue?a=1&b' } })
    expect(asked[0]!.url).toBe('/approve/v1/session/wecom?return_to=%2Fqueue%3Fa%3D1%26b')
  })

  it('turns any unreadable answer into a problem with words', async () => {
    answers.push(() => new Response('<html>502</html>', { status: 502 }))
    const found = await get('/approve/v1/me').catch((error: unknown) => error)
    expect(found).toBeInstanceOf(Problem)
    expect((found as Problem).message).toContain('稍后重试')
  })
})

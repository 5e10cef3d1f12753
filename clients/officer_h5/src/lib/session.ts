/** Who is signed in. The token lives in memory alone; a cookie that no script reads renews it. */
import { reactive, readonly } from 'vue'
import { access, get, post, type Schema } from '../api/client'
import { draftsAreOf, dropDrafts } from './draft'
import { asProblem, Problem } from './problem'

export type Role = 'ward_officer' | 'visit_officer' | 'supervisor' | 'ops_engineer' | 'ops_specialist' | 'ops_lead'
  | 'system_administrator' | 'security_administrator' | 'audit_administrator'
export type Me = Schema<'Me'>

interface State { me: Me | null; ready: boolean; ended: string }

const state = reactive<State>({ me: null, ready: false, ended: '' })
export const session = readonly(state)

const KNOWN = 'visits.signed-in'
const others = 'BroadcastChannel' in window ? new BroadcastChannel('visits.session') : null
const RENEW_BEFORE_S = 60
const AGAIN_MS = 3_000
let renewal: ReturnType<typeof setTimeout> | undefined

export const may = (...roles: Role[]): boolean => roles.some((role) => state.me?.roles.includes(role))

/** Once, when the page opens: a session of another tab or of before a reload goes on. */
export async function resume(): Promise<void> {
  try {
    if (await cameFromWeCom()) return
    if (localStorage.getItem(KNOWN)) await goOn()
  } catch (error) {
    state.ended = asProblem(error).message
  } finally {
    state.ready = true
  }
}

/** Where the network is not there yet, again and again until it is, or until somebody signs in. */
async function goOn(): Promise<void> {
  try {
    if (!(await renew())) state.ended = ''
  } catch (error) {
    if (!asProblem(error).isNetwork) throw error
    state.ended = '网络不通，暂时没能恢复登录。网络恢复后会自动继续。'
    setTimeout(() => { if (!state.me) void goOn().catch(() => undefined) }, AGAIN_MS)
  }
}

/** WeCom sends the officer back with `code` and `state` before the `#`. */
async function cameFromWeCom(): Promise<boolean> {
  const query = new URLSearchParams(location.search)
  const code = query.get('code')
  const given = query.get('state')
  if (!code || !given) return false
  history.replaceState(null, '', location.pathname + location.hash)
  const answer = await post('/approve/v1/session/wecom', { body: { code, state: given } })
  await signedIn(answer)
  location.hash = `#${answer.return_to}`
  return true
}

/** Away to WeCom, and back to `returnTo`. */
export async function goToWeCom(returnTo: string): Promise<void> {
  const { url } = await get('/approve/v1/session/wecom', { query: { return_to: returnTo } })
  location.assign(url)
}

export const insideWeCom = (): boolean => /wxwork/i.test(navigator.userAgent)

export async function signedIn(answer: Schema<'OfficerSession'>): Promise<void> {
  localStorage.setItem(KNOWN, '1')
  keep(answer, await whose(answer))
}

export async function signOut(everywhere = false): Promise<void> {
  if (everywhere) await post('/approve/v1/session/end-everywhere')
  else await post('/approve/v1/session/end').catch(ignoreSignedOut)
  dropDrafts()
  others?.postMessage('ended')
  forget('您已安全退出。')
}

function ignoreSignedOut(error: unknown): void {
  if (!(error instanceof Problem && error.isSignedOut)) throw error
}

const whose = (answer: Schema<'OfficerSession'>): Promise<Me> => get('/approve/v1/me', { bare: true, headers: { Authorization: `Bearer ${answer.token}` } })

function keep(answer: Schema<'OfficerSession'>, me: Me): void {
  draftsAreOf(me.id)
  Object.assign(state, { me, ended: '' })
  access.token = answer.token
  clearTimeout(renewal)
  renewal = setTimeout(() => void renew().catch(() => undefined), Math.max(5, answer.expires_in - RENEW_BEFORE_S) * 1000)
}

let underWay: Promise<boolean> | null = null

/** Many requests that fail at once share one renewal. */
function renew(): Promise<boolean> {
  underWay ??= renewOnce().finally(() => { underWay = null })
  return underWay
}

async function renewOnce(): Promise<boolean> {
  try {
    const answer = await post('/approve/v1/session/refresh', { bare: true })
    const me = await whose(answer)
    // Somebody else has signed in meanwhile, in another tab: what this one shows and sends is not theirs.
    if (state.me && state.me.id !== me.id) return startAnew()
    keep(answer, me)
    return true
  } catch (error) {
    if (!(error instanceof Problem && error.isSignedOut)) throw error
    forget('登录已超时，请重新登录。填写的内容还在。')
    return false
  }
}

function startAnew(): false {
  access.token = ''
  location.reload()
  return false
}

function forget(why: string): void {
  clearTimeout(renewal)
  access.token = ''
  localStorage.removeItem(KNOWN)
  if (state.me) state.ended = why
  state.me = null
}

access.renew = renew
others?.addEventListener('message', () => forget('您已在另一个页面退出登录。'))

/** What went wrong, in words for the officer. `code` is stable; `reasons` holds all of them at once. */
export interface Reason { code: string; text: string; field?: string }

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly reasons: Reason[],
    readonly details: Record<string, unknown> = {},
  ) {
    super(reasons.map((one) => one.text).join(' '))
  }

  /** The request may or may not have arrived: trying again is safe where the change is compare-and-set or has a key (lib/attempt.ts). */
  get isNetwork(): boolean { return this.status === 0 }
  /** Nobody knows whether it was done: no answer came, or one of something between here and the server. */
  get isUnanswered(): boolean { return this.isNetwork || this.status >= 500 }
  get isConflict(): boolean { return this.status === 409 }
  get isSignedOut(): boolean { return this.status === 401 }
}

const AGAIN = '填写的内容还在，请稍候重试。'
const SAFE = '填写的内容还在，原样重试不会重复办理；要修改，请先核对刚才是否已经办成。'

/** `keyed`: sent with a key, so that the same sent again is done once. */
export const lostNetwork = (keyed = false): Problem =>
  new Problem(0, 'network', [{ code: 'network', text: `网络不通，没有收到系统的答复。${keyed ? SAFE : AGAIN}` }])

export const tooSlow = (keyed = false): Problem =>
  new Problem(0, 'timeout', [{ code: 'timeout', text: `网络较慢，系统没有及时答复。${keyed ? SAFE : AGAIN}` }])

const BROKEN = '系统暂时无法答复，请稍后重试；多次出现请联系运维人员。'

export async function problemOf(answer: Response): Promise<Problem> {
  const body: unknown = await answer.json().catch(() => null)
  if (!body || typeof body !== 'object' || !('errors' in body) || !Array.isArray(body.errors)) {
    return new Problem(answer.status, 'internal', [{ code: 'internal', text: BROKEN }])
  }
  const { code, errors, ...details } = body as { code: string; errors: Reason[] } & Record<string, unknown>
  return new Problem(answer.status, code, errors, details)
}

export const asProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem(500, 'internal', [{ code: 'internal', text: BROKEN }])

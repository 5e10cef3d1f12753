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
  get isConflict(): boolean { return this.status === 409 }
  get isSignedOut(): boolean { return this.status === 401 }
}

export const lostNetwork = (): Problem =>
  new Problem(0, 'network', [{ code: 'network', text: '网络不通，没有收到系统的答复。填写的内容还在，请稍候重试。' }])

export const tooSlow = (): Problem =>
  new Problem(0, 'timeout', [{ code: 'timeout', text: '网络较慢，系统没有及时答复。填写的内容还在，请重试。' }])

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

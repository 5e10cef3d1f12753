/** Calls by the paths of the OpenAPI document: a path, a body or a field that it does not name fails the type check. */
import { conflicts } from '../lib/conflicts'
import { heardFromServer, heardNothing } from '../lib/network'
import { Problem, lostNetwork, problemOf, tooSlow } from '../lib/problem'
import { learnServerTime } from '../lib/time'
import type { components, paths } from './schema'

export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name]

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Operation<P extends keyof paths, M extends Method> = Exclude<paths[P][M], undefined>
export type PathsOf<M extends Method> = {
  [P in keyof paths]: [Operation<P, M>] extends [never] ? never : P
}[keyof paths]

type Json<R> = R extends { content: { 'application/json': infer T } } ? T : never
type Answer<O> = O extends { responses: infer R }
  ? 200 extends keyof R ? Json<R[200]> : 201 extends keyof R ? Json<R[201]> : 202 extends keyof R ? Json<R[202]> : void
  : never
type Part<O, Name extends 'path' | 'query'> = O extends { parameters: { [K in Name]?: infer T } }
  ? [T] extends [undefined] ? unknown : undefined extends T ? { [K in Name]?: T } : { [K in Name]: T }
  : unknown
type BodyPart<O> = O extends { requestBody: { content: { 'application/json': infer T } } } ? { body: T } : unknown

/** `bare`: without the session, which is only being renewed. `key`: the act's own, so that the same sent twice is done once. */
interface Extras { signal?: AbortSignal; headers?: Record<string, string>; bare?: boolean; key?: string }
export type Options<O> = Part<O, 'path'> & Part<O, 'query'> & BodyPart<O> & Extras
type Arguments<O> = Record<never, never> extends Options<O> ? [options?: Options<O>] : [options: Options<O>]

interface Loose extends Extras { path?: Record<string, string>; query?: Record<string, unknown>; body?: unknown }

const TIMEOUT_MS = 20_000
const READ_TRIES = 3

/** The session gives the token and is told when it no longer works (session.ts). */
export const access = {
  token: '' as string,
  renew: async (): Promise<boolean> => false,
}

async function send(method: string, address: string, options: Loose): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json', 'X-Visits-Page': '1', ...options.headers }
  if (access.token && !options.bare && !headers.Authorization) headers.Authorization = `Bearer ${access.token}`
  if (options.key) headers['Idempotency-Key'] = `${options.key}-${fingerprint(address + JSON.stringify(options.body))}`
  if (options.body !== undefined) headers['Content-Type'] = 'application/json'
  const limit = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const answer = await fetch(address, {
      method, headers, cache: 'no-store', credentials: 'same-origin',
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal ? anyOf(options.signal, limit) : limit,
    })
    heardFromServer()
    learnServerTime(answer.headers.get('X-Now') ?? answer.headers.get('Date'))
    return answer
  } catch (error) {
    if (options.signal?.aborted) throw error
    if (limit.aborted) throw tooSlow(!!options.key)
    heardNothing()
    throw lostNetwork(!!options.key)
  }
}

/** FNV-1a: the server refuses a key that comes with another content, and here that is another act. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5
  for (const one of new TextEncoder().encode(text)) hash = Math.imul(hash ^ one, 0x01000193)
  return (hash >>> 0).toString(16)
}

/** AbortSignal.any is too new for WeCom's older web view. */
function anyOf(one: AbortSignal, other: AbortSignal): AbortSignal {
  const both = new AbortController()
  for (const signal of [one, other]) signal.addEventListener('abort', () => both.abort(), { once: true })
  if (one.aborted) both.abort()
  return both.signal
}

function addressOf(path: string, options: Loose): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(options.path?.[name] ?? ''))
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined && value !== null && value !== '') for (const one of [value].flat()) query.append(name, String(one))
  }
  return query.size ? `${filled}?${query}` : filled
}

async function ask(method: string, path: string, options: Loose = {}): Promise<Response> {
  const address = addressOf(path, options)
  let answer = await patiently(method, address, options)
  if (answer.status === 401 && access.token && !options.bare && (await access.renew())) answer = await patiently(method, address, options)
  if (answer.status === 409) conflicts.value += 1
  if (!answer.ok) throw await problemOf(answer)
  return answer
}

/** Reads are tried again by themselves; a change only by the officer's hand. */
async function patiently(method: string, address: string, options: Loose): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send(method, address, options)
    } catch (error) {
      const again = method === 'get' && error instanceof Problem && error.code === 'network' && attempt < READ_TRIES
      if (!again) throw error
      await new Promise((resolve) => setTimeout(resolve, 300 * 2 ** attempt))
    }
  }
}

async function json(method: string, path: string, options: Loose | undefined): Promise<unknown> {
  const answer = await ask(method, path, options)
  return answer.status === 204 ? undefined : answer.json()
}

export function get<P extends PathsOf<'get'>>(path: P, ...[options]: Arguments<Operation<P, 'get'>>): Promise<Answer<Operation<P, 'get'>>> {
  return json('get', path, options as Loose) as Promise<Answer<Operation<P, 'get'>>>
}

export function post<P extends PathsOf<'post'>>(path: P, ...[options]: Arguments<Operation<P, 'post'>>): Promise<Answer<Operation<P, 'post'>>> {
  return json('post', path, options as Loose) as Promise<Answer<Operation<P, 'post'>>>
}

export function remove<P extends PathsOf<'delete'>>(path: P, ...[options]: Arguments<Operation<P, 'delete'>>): Promise<Answer<Operation<P, 'delete'>>> {
  return json('delete', path, options as Loose) as Promise<Answer<Operation<P, 'delete'>>>
}

/** What was found at each line, until the server has it: kept in the browser with its photos, sent when there is a network. */
import { onScopeDispose, reactive, ref } from 'vue'
import { post, type Schema } from '../../api/client'
import { dropKept, keep, kept } from '../../lib/kept'
import { usePoll } from '../../lib/poll'
import { asProblem, lostNetwork, Problem } from '../../lib/problem'

type Detail = Schema<'InspectionDetail'>
/** Without `key` it is not uploaded yet. */
export interface Photo { blob?: Blob; key?: string }
/** `ready`: said to be saved; otherwise still being typed. */
export interface Draft { result: 'ok' | 'fault'; note: string; outOfService: boolean; photos: Photo[]; ready: boolean }

const AGAIN_MS = 8_000

export function useChecks(inspection: string, answered: (detail: Detail) => void) {
  const drafts = reactive(new Map<string, Draft>())
  const problems = reactive(new Map<string, Problem>())
  const lost = ref(false)
  const place = `inspection.${inspection}.`
  let busy = false

  void kept<Draft>(place).then((found) => {
    for (const [item, draft] of found) if (!drafts.has(item)) drafts.set(item, draft)
    return send()
  })
  usePoll(send, AGAIN_MS)
  const back = (): void => void send()
  addEventListener('online', back)
  onScopeDispose(() => removeEventListener('online', back))

  /** Plain objects: the browser stores no proxies. */
  async function write(item: string, draft: Draft): Promise<void> {
    drafts.set(item, draft)
    await keep(place + item, { ...draft, photos: draft.photos.map((one) => ({ ...one })) })
  }
  async function save(item: string, draft: Draft): Promise<void> {
    problems.delete(item)
    await write(item, { ...draft, ready: true })
    await send()
  }
  async function drop(item: string): Promise<void> {
    problems.delete(item)
    drafts.delete(item)
    await dropKept(place + item)
  }

  const firstReady = (): [string, Draft] | undefined => [...drafts].find(([item, draft]) => draft.ready && !problems.has(item))

  async function send(): Promise<void> {
    if (busy) return
    busy = true
    try {
      // What is saved while another one is on its way goes right after it.
      for (let next = firstReady(); next; next = firstReady()) await sendOne(...next)
      lost.value = false
    } catch {
      lost.value = true
    } finally {
      busy = false
    }
  }

  /** Only a lost network is thrown: then the others wait as well. */
  async function sendOne(item: string, draft: Draft): Promise<void> {
    try {
      for (const photo of draft.photos) if (!photo.key) photo.key = await upload(photo.blob!)
      const body = { result: draft.result, note: draft.note.trim() || null, photo_keys: draft.photos.map((one) => one.key!), out_of_service: draft.outOfService }
      const detail = await post('/ops/v1/inspections/{inspection_id}/items/{item_id}', { path: { inspection_id: inspection, item_id: item }, body })
      // What was typed meanwhile stays.
      if (drafts.get(item) === draft) await drop(item)
      answered(detail)
    } catch (error) {
      const problem = asProblem(error)
      if (problem.isNetwork) throw problem
      if (problem.reasons.some((one) => one.code === 'inspection_photo')) for (const photo of draft.photos) if (photo.blob) photo.key = undefined
      problems.set(item, problem)
    }
  }

  async function upload(blob: Blob): Promise<string> {
    const place = await post('/ops/v1/inspections/{inspection_id}/photos', { path: { inspection_id: inspection }, body: { content_type: 'image/jpeg' } })
    const put = await fetch(place.url, { method: 'PUT', body: blob, headers: { 'Content-Type': place.content_type } }).catch(() => null)
    if (!put) throw lostNetwork()
    if (!put.ok) throw new Problem(put.status, 'photo_refused', [{ code: 'photo_refused', text: '照片没有传上去，请再保存一次。' }])
    return place.key
  }

  return { drafts, problems, lost, write, save, drop }
}

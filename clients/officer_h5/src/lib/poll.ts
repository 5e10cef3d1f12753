import { onScopeDispose } from 'vue'

/** Calls `work` every `milliseconds`, never twice at once. `always`: also in a tab that is not looked at. */
export function usePoll(work: () => Promise<unknown>, milliseconds: number, { always = false } = {}): void {
  let busy = false
  async function tick(): Promise<void> {
    if (busy || (document.hidden && !always)) return
    busy = true
    try { await work() } catch { /* the work shows its own problem */ } finally { busy = false }
  }
  const stop = every(milliseconds, () => void tick(), always)
  const onShown = (): void => { if (!document.hidden) void tick() }
  document.addEventListener('visibilitychange', onShown)
  onScopeDispose(() => {
    stop()
    document.removeEventListener('visibilitychange', onShown)
  })
}

function every(milliseconds: number, tick: () => void, always: boolean): () => void {
  if (!always || !('Worker' in window)) {
    const timer = setInterval(tick, milliseconds)
    return () => clearInterval(timer)
  }
  const worker = new Worker(new URL('./ticker.worker.ts', import.meta.url), { type: 'module' })
  worker.addEventListener('message', tick)
  worker.postMessage(milliseconds)
  return () => worker.terminate()
}

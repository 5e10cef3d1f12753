/** A new alert is heard and seen in the title, whatever part of the page, or which other tab, is looked at. */
import { reactive, watch } from 'vue'

const KEY = 'visits.silent'
/** `ready`: the browser lets this page sound. */
export const alarm = reactive({ sound: localStorage.getItem(KEY) === null, waiting: 0, ready: false })

watch(() => alarm.sound, (on) => {
  if (on) localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, '1')
})

let context: AudioContext | null = null

/** Browsers let a page sound only after somebody touched it: the first touch prepares it. */
function prepare(): void {
  context ??= 'AudioContext' in window ? new AudioContext() : null
  void context?.resume().then(() => { alarm.ready = true })
}
document.addEventListener('pointerdown', prepare, { once: true })
document.addEventListener('keydown', prepare, { once: true })

export function ring(): void {
  if (!alarm.sound || !context) return
  for (const [step, pitch] of [880, 660, 880].entries()) {
    const tone = context.createOscillator()
    const loudness = context.createGain()
    const from = context.currentTime + step * 0.22
    tone.frequency.value = pitch
    loudness.gain.setValueAtTime(0.0001, from)
    loudness.gain.exponentialRampToValueAtTime(0.25, from + 0.02)
    loudness.gain.exponentialRampToValueAtTime(0.0001, from + 0.2)
    tone.connect(loudness).connect(context.destination)
    tone.start(from)
    tone.stop(from + 0.21)
  }
}

const MARK = /^（\d+ 条预警）/
let blink: ReturnType<typeof setInterval> | undefined

watch(() => alarm.waiting, (count) => {
  clearInterval(blink)
  const write = (): void => {
    const plain = document.title.replace(MARK, '')
    document.title = count ? `（${count} 条预警）${plain}` : plain
  }
  write()
  // The page's own title changes as the officer moves about; the mark comes back.
  if (count) blink = setInterval(write, 1000)
})

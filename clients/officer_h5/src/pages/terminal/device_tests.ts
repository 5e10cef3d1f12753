/** Whether camera, microphone, speaker and network of this PC work. Each gives words for the register. */
import { readTerminal } from './terminal'

export interface Found { working: boolean; note: string | null }

const LOUD = 0.02
const LISTEN_MS = 6_000
const SLOW_MS = 1_500

export async function testCamera(view: HTMLVideoElement): Promise<Found> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 } })
    view.srcObject = stream
    await view.play()
    const { width = 0, height = 0 } = stream.getVideoTracks()[0]?.getSettings() ?? {}
    return height >= 360 ? { working: true, note: `${width}×${height}` } : { working: false, note: `画面太小：${width}×${height}` }
  } catch {
    return { working: false, note: '没有找到摄像头，或没有允许使用' }
  }
}

export const stop = (view: HTMLVideoElement | null): void => {
  for (const track of (view?.srcObject as MediaStream | null)?.getTracks() ?? []) track.stop()
}

/** Somebody speaks; `level` (0 to 1) is shown meanwhile. */
export async function testMicrophone(level: (now: number) => void): Promise<Found> {
  let stream: MediaStream
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true })
  } catch {
    return { working: false, note: '没有找到麦克风，或没有允许使用' }
  }
  const context = new AudioContext()
  try {
    await context.resume()
    const analyser = context.createAnalyser()
    context.createMediaStreamSource(stream).connect(analyser)
    return (await heard(analyser, level)) ? { working: true, note: null } : { working: false, note: '没有听到声音' }
  } finally {
    for (const track of stream.getTracks()) track.stop()
    await context.close()
  }
}

async function heard(analyser: AnalyserNode, level: (now: number) => void): Promise<boolean> {
  const samples = new Float32Array(analyser.fftSize)
  const until = performance.now() + LISTEN_MS
  let loud = 0
  while (performance.now() < until && loud < 5) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    analyser.getFloatTimeDomainData(samples)
    const strength = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length)
    level(Math.min(1, strength * 8))
    if (strength > LOUD) loud += 1
  }
  return loud >= 5
}

export async function playTone(): Promise<void> {
  const context = new AudioContext()
  await context.resume()
  const tone = context.createOscillator()
  const loudness = context.createGain()
  loudness.gain.value = 0.2
  tone.frequency.value = 523
  tone.connect(loudness).connect(context.destination)
  tone.start()
  await new Promise((resolve) => setTimeout(resolve, 1200))
  await context.close()
}

export async function testNetwork(): Promise<Found> {
  const times: number[] = []
  try {
    for (let round = 0; round < 3; round++) {
      const from = performance.now()
      await readTerminal()
      times.push(performance.now() - from)
    }
  } catch {
    return { working: false, note: '连不上系统' }
  }
  const middle = Math.round(times.sort((a, b) => a - b)[1]!)
  return { working: middle <= SLOW_MS, note: `答复用时 ${middle} 毫秒` }
}

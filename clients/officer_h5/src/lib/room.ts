/** A visit's room through TRTC's web SDK, which is loaded when somebody joins and not before. */
import type TRTC from 'trtc-sdk-v5'
import { onScopeDispose, reactive, shallowRef } from 'vue'

export interface Pass { sdk_app_id: number; room_id: string; user_id: string; user_sig: string; private_map_key: string }
export interface Member { userId: string; video: boolean; streamType: 'main' | 'sub' }
export type RoomState = 'out' | 'joining' | 'in' | 'lost' | 'failed'

interface Room {
  state: RoomState
  problem: string
  /** Nothing is won by trying again as things stand. */
  hopeless: boolean
  members: Member[]
  /** The browser plays sound only after a touch. */
  needsTouch: boolean
}

const UNSUPPORTED = '这个浏览器不支持视频通话，请使用最新版的 Chrome、Edge 或企业微信打开。'
const FAILED = '没能进入会见室，请检查网络。'
const ELSEWHERE = '这场会见已在另一个页面或另一台电脑上打开，这里已退出。'
const NO_DEVICE = '没能打开摄像头或麦克风，请检查设备连接和浏览器权限。'

const ENTER_MS = 30_000
const LEAVE_MS = 3_000

/** `publish`: the visit-room PC sends picture and sound; an officer only watches. */
export function useRoom({ publish }: { publish: boolean }) {
  const room = reactive<Room>({ state: 'out', problem: '', hopeless: false, members: [], needsTouch: false })
  const client = shallowRef<TRTC | null>(null)
  // The stay that is meant now: one that was overtaken, because somebody left or joined anew, changes nothing any more.
  let stay: { own: HTMLElement | null; video: boolean; audio: boolean } | null = null
  let muted = false

  async function join(pass: Pass, own?: HTMLElement): Promise<void> {
    const mine = { own: own ?? null, video: false, audio: false }
    Object.assign(room, { state: 'joining', problem: '', hopeless: false, members: [] })
    const before = exit()
    stay = mine
    try {
      await within(LEAVE_MS, before).catch(() => undefined)
      const { default: Sdk } = await import('trtc-sdk-v5')
      const { result: supported } = await Sdk.isSupported()
      if (stay !== mine) return
      if (!supported) return fail(UNSUPPORTED, true)
      Sdk.setLogLevel(3, false)
      const made = (client.value = Sdk.create())
      listen(made, Sdk)
      await within(ENTER_MS, made.enterRoom({
        sdkAppId: pass.sdk_app_id, strRoomId: pass.room_id, userId: pass.user_id, userSig: pass.user_sig,
        privateMapKey: pass.private_map_key, scene: Sdk.TYPE.SCENE_RTC, enableAutoPlayDialog: false,
      }))
      if (stay !== mine) return
      room.state = 'in'
      await send()
    } catch {
      if (stay === mine) fail(FAILED)
    }
  }

  /** Picture and sound; called again, only what could not be opened before. */
  async function send(): Promise<void> {
    const [made, mine] = [client.value, stay]
    if (!publish || !made || !mine) return
    const done = await Promise.allSettled([
      mine.video || made.startLocalVideo({ view: mine.own }).then(() => { mine.video = true }),
      mine.audio || muted || made.startLocalAudio().then(() => { mine.audio = true }),
    ])
    if (stay === mine) room.problem = done.every((one) => one.status === 'fulfilled') ? '' : NO_DEVICE
  }

  function fail(problem: string, hopeless = false): void {
    Object.assign(room, { state: 'failed', problem, hopeless, members: [], needsTouch: false })
    void exit()
  }

  function listen(made: TRTC, Sdk: typeof TRTC): void {
    const { EVENT } = Sdk
    const on: TRTC['on'] = (event, act) => made.on(event, (...told) => { if (client.value === made) act(...told) })
    const find = (userId: string): Member => {
      let member = room.members.find((one) => one.userId === userId)
      if (!member) room.members.push((member = { userId, video: false, streamType: 'main' }))
      return member
    }
    on(EVENT.REMOTE_USER_ENTER, ({ userId }) => void find(userId))
    on(EVENT.REMOTE_USER_EXIT, ({ userId }) => { room.members = room.members.filter((one) => one.userId !== userId) })
    on(EVENT.REMOTE_VIDEO_AVAILABLE, ({ userId }) => { find(userId).video = true })
    on(EVENT.REMOTE_VIDEO_UNAVAILABLE, ({ userId }) => { find(userId).video = false })
    on(EVENT.AUTOPLAY_FAILED, ({ resume }) => { room.needsTouch = true; document.addEventListener('click', () => { room.needsTouch = false; void resume() }, { once: true }) })
    on(EVENT.CONNECTION_STATE_CHANGED, ({ state }) => { if (room.state !== 'joining') room.state = state === 'CONNECTED' ? 'in' : state === 'DISCONNECTED' ? 'lost' : room.state })
    on(EVENT.KICKED_OUT, ({ reason }) => { reason === 'kick' ? fail(ELSEWHERE, true) : void leave() })
    on(EVENT.ERROR, () => { if (room.state === 'joining') fail(FAILED) })
  }

  const show = (userId: string, view: HTMLElement): Promise<void> =>
    client.value?.startRemoteVideo({ userId, streamType: 'main' as never, view }).catch(() => undefined) ?? Promise.resolve()

  /** Our own microphone, as the officer on the desk wants it. One that is off is not opened either. */
  async function mute(wanted: boolean): Promise<void> {
    muted = wanted
    if (stay?.audio) await client.value?.updateLocalAudio({ mute: wanted }).catch(() => undefined)
    else if (room.state === 'in') await send()
  }

  function leave(): Promise<void> {
    Object.assign(room, { state: 'out', problem: '', hopeless: false, members: [], needsTouch: false })
    return exit()
  }

  async function exit(): Promise<void> {
    const made = client.value
    client.value = stay = null
    await made?.exitRoom().catch(() => undefined)
    try { made?.destroy() } catch { /* still in the room: the SDK leaves it by itself */ }
  }

  onScopeDispose(() => void leave())
  return { room, join, send, show, leave, mute }
}

function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('too slow')), milliseconds)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

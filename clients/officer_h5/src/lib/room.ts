/** A visit's room through TRTC's web SDK, which is loaded when somebody joins and not before. */
import type TRTC from 'trtc-sdk-v5'
import { onScopeDispose, reactive, shallowRef } from 'vue'

export interface Pass { sdk_app_id: number; room_id: string; user_id: string; user_sig: string; private_map_key: string }
export interface Member { userId: string; video: boolean; streamType: 'main' | 'sub' }
export type RoomState = 'out' | 'joining' | 'in' | 'lost' | 'failed'

interface Room {
  state: RoomState
  problem: string
  members: Member[]
  /** The browser plays sound only after a touch. */
  needsTouch: boolean
}

const UNSUPPORTED = '这个浏览器不支持视频通话，请使用最新版的 Chrome、Edge 或企业微信打开。'
const FAILED = '没能进入会见室，请检查网络后重试。'
const NO_DEVICE = '没能打开摄像头或麦克风，请检查设备连接和浏览器权限。'

/** `publish`: the visit-room PC sends picture and sound; an officer only watches. */
export function useRoom({ publish }: { publish: boolean }) {
  const room = reactive<Room>({ state: 'out', problem: '', members: [], needsTouch: false })
  const client = shallowRef<TRTC | null>(null)

  async function join(pass: Pass, own?: HTMLElement): Promise<void> {
    Object.assign(room, { state: 'joining', problem: '', members: [] })
    try {
      const { default: Sdk } = await import('trtc-sdk-v5')
      if (!(await Sdk.isSupported()).result) return fail(UNSUPPORTED)
      Sdk.setLogLevel(3, false)
      const made = (client.value = Sdk.create())
      listen(made, Sdk)
      await made.enterRoom({
        sdkAppId: pass.sdk_app_id, strRoomId: pass.room_id, userId: pass.user_id, userSig: pass.user_sig,
        privateMapKey: pass.private_map_key, scene: Sdk.TYPE.SCENE_RTC, enableAutoPlayDialog: false,
      })
      room.state = 'in'
      if (publish) await send(made, own)
    } catch {
      await leave()
      fail(FAILED)
    }
  }

  async function send(made: TRTC, own?: HTMLElement): Promise<void> {
    try {
      await Promise.all([made.startLocalVideo({ view: own ?? null }), made.startLocalAudio()])
    } catch {
      room.problem = NO_DEVICE
    }
  }

  function fail(problem: string): void { Object.assign(room, { state: 'failed', problem }) }

  function listen(made: TRTC, Sdk: typeof TRTC): void {
    const { EVENT } = Sdk
    const find = (userId: string): Member => {
      let member = room.members.find((one) => one.userId === userId)
      if (!member) room.members.push((member = { userId, video: false, streamType: 'main' }))
      return member
    }
    made.on(EVENT.REMOTE_USER_ENTER, ({ userId }) => void find(userId))
    made.on(EVENT.REMOTE_USER_EXIT, ({ userId }) => { room.members = room.members.filter((one) => one.userId !== userId) })
    made.on(EVENT.REMOTE_VIDEO_AVAILABLE, ({ userId }) => { find(userId).video = true })
    made.on(EVENT.REMOTE_VIDEO_UNAVAILABLE, ({ userId }) => { find(userId).video = false })
    made.on(EVENT.AUTOPLAY_FAILED, ({ resume }) => { room.needsTouch = true; document.addEventListener('click', () => { room.needsTouch = false; void resume() }, { once: true }) })
    made.on(EVENT.CONNECTION_STATE_CHANGED, ({ state }) => { if (room.state !== 'out') room.state = state === 'CONNECTED' ? 'in' : state === 'DISCONNECTED' ? 'lost' : room.state })
    made.on(EVENT.KICKED_OUT, () => { void leave() })
    made.on(EVENT.ERROR, () => { if (room.state === 'joining') fail(FAILED) })
  }

  const show = (userId: string, view: HTMLElement): Promise<void> =>
    client.value?.startRemoteVideo({ userId, streamType: 'main' as never, view }).catch(() => undefined) ?? Promise.resolve()

  /** Our own microphone, as the officer on the desk wants it. */
  const mute = (muted: boolean): Promise<void> => client.value?.updateLocalAudio({ mute: muted }).catch(() => undefined) ?? Promise.resolve()

  async function leave(): Promise<void> {
    const made = client.value
    client.value = null
    Object.assign(room, { state: 'out', members: [], needsTouch: false })
    await made?.exitRoom().catch(() => undefined)
    made?.destroy()
  }

  onScopeDispose(() => void leave())
  return { room, join, show, leave, mute }
}

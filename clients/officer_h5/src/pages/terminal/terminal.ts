/** The PC of a visit room signs in with a device key that stays on it: after a power cut it goes on by itself. */
import { ref, watch } from 'vue'
import { get, post, type Schema } from '../../api/client'

const KEY = 'visits.terminal.key'
const JOINED = 'visits.terminal.joined'

export const deviceKey = ref(localStorage.getItem(KEY) ?? '')

export function keepKey(key: string): void {
  deviceKey.value = key.trim()
  if (deviceKey.value) localStorage.setItem(KEY, deviceKey.value)
  else localStorage.removeItem(KEY)
}

const headers = (): Record<string, string> => ({ Authorization: `Device ${deviceKey.value}` })

export const readTerminal = (signal?: AbortSignal): Promise<Schema<'TerminalPage'>> => get('/approve/v1/terminal', { headers: headers(), signal })
export const joinVisit = (visit_id: string) => post('/approve/v1/terminal/visits/{visit_id}/join', { path: { visit_id }, headers: headers() })
export const callForHelp = (): Promise<unknown> => post('/approve/v1/terminal/help', { headers: headers() })
export const storeTest = (results: Schema<'DeviceResult'>[]): Promise<Schema<'DeviceList'>> => post('/approve/v1/terminal/device-test', { body: { results }, headers: headers() })

/** The visit that was joined here, so that it is joined again after the PC started anew. */
export const joined = ref(localStorage.getItem(JOINED) ?? '')
watch(joined, (visitId) => { visitId ? localStorage.setItem(JOINED, visitId) : localStorage.removeItem(JOINED) }, { flush: 'sync' })

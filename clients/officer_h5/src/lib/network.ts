import { reactive, readonly } from 'vue'

/** `lost` from the first request that gets no answer until the next that does. */
const state = reactive({ lost: !navigator.onLine })

export const network = readonly(state)

export const heardFromServer = (): void => { state.lost = false }
export const heardNothing = (): void => { state.lost = true }

window.addEventListener('offline', heardNothing)
window.addEventListener('online', heardFromServer)

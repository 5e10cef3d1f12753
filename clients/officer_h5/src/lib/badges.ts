import { reactive } from 'vue'

/** Numbers on the navigation, by the place's name: what waits in the queue, alerts not yet looked at. */
export const badges = reactive<Record<string, number>>({})

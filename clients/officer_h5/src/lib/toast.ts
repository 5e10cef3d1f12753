/** What was just done, said for a moment (components/ToastNote.vue shows it). */
import { reactive } from 'vue'

const LEAST_MS = 1_500
const PER_CHARACTER_MS = 100

export const toast = reactive({ text: '' })
let timer: ReturnType<typeof setTimeout> | undefined

export function showToast(text: string): void {
  clearTimeout(timer)
  toast.text = text
  timer = setTimeout(() => { toast.text = '' }, LEAST_MS + text.length * PER_CHARACTER_MS)
}

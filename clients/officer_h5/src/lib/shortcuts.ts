/** Single keys on the desk's PC. Nothing happens while somebody types, a dialog is open, or a modifier is held. */
import { onScopeDispose, reactive } from 'vue'

export interface Shortcut { key: string; name: string; run: () => void }

export const shortcuts = reactive(new Set<Shortcut>())

export function useShortcuts(list: Shortcut[]): void {
  for (const one of list) shortcuts.add(one)
  onScopeDispose(() => { for (const one of list) shortcuts.delete(one) })
}

document.addEventListener('keydown', (event) => {
  const target = event.target as HTMLElement
  const typing = target.closest('input:not([type=checkbox]), textarea, select, [contenteditable]')
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return
  const found = [...shortcuts].reverse().find((one) => one.key === event.key.toLowerCase())
  if (!found) return
  event.preventDefault()
  found.run()
})

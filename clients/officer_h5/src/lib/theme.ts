import { ref, watchEffect } from 'vue'

export type Theme = 'auto' | 'light' | 'dark'
const KEY = 'visits.theme'
const dark = matchMedia('(prefers-color-scheme: dark)')
const darkNow = ref(dark.matches)
dark.addEventListener('change', (event) => { darkNow.value = event.matches })

export const theme = ref<Theme>((localStorage.getItem(KEY) as Theme | null) ?? 'auto')
export const isDark = (): boolean => theme.value === 'dark' || (theme.value === 'auto' && darkNow.value)

export function keepTheme(): void {
  watchEffect(() => {
    document.documentElement.dataset.theme = isDark() ? 'dark' : 'light'
    document.documentElement.classList.toggle('van-theme-dark', isDark())
    if (theme.value === 'auto') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, theme.value)
  })
}

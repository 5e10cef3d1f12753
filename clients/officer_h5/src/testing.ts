/** A component on a page of its own, for tests: what stands in its fields, and the hand that fills and presses. */
import { createApp, nextTick, type Component } from 'vue'

// jsdom draws nothing in front of anything.
HTMLDialogElement.prototype.showModal = function () { this.open = true }
HTMLDialogElement.prototype.close = function () { this.open = false }

export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

export async function drawn(component: Component, props: Record<string, unknown> = {}) {
  const place = document.createElement('div')
  document.body.append(place)
  const app = createApp(component, props)
  app.config.warnHandler = () => undefined // Vant's own parts stand for themselves here
  app.mount(place)
  await settled()
  const fields = (): (HTMLInputElement | HTMLTextAreaElement)[] => [...place.querySelectorAll<HTMLInputElement>('dialog[open] input:not([type=file], [type=checkbox]), dialog[open] textarea')]
  return {
    place,
    values: () => fields().map((one) => one.value),
    async fill(...texts: string[]) {
      fields().forEach((one, index) => { one.value = texts[index] ?? one.value; one.dispatchEvent(new Event('input', { bubbles: true })) })
      await settled()
    },
    async press(name: string) {
      const buttons = place.querySelector('dialog[open]') ?? place
      const found = [...buttons.querySelectorAll<HTMLElement>('button, van-button')].find((one) => one.textContent?.trim() === name || one.getAttribute('aria-label') === name)
      if (!found) throw new Error(`no button ${name} in ${place.textContent}`)
      found.click()
      await nextTick()
      await settled()
    },
    leave: () => { app.unmount(); place.remove() },
  }
}

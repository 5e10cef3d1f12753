/** A part of the page did not come: the network was away, or a newer version has taken its place. */
import { heardNothing } from './network'

const LAST = 'visits.read-anew'
const AGAIN_MS = 5_000
const ONCE_IN_MS = 30_000

/** Reads the whole page again at `address`, as soon as it can be read and not again and again. */
export async function readAnew(address: string): Promise<void> {
  const since = Date.now() - Number(sessionStorage.getItem(LAST) ?? 0)
  if (since >= 0 && since < ONCE_IN_MS) await wait(ONCE_IN_MS - since)
  while (!(await answers())) {
    heardNothing()
    await wait(AGAIN_MS)
  }
  sessionStorage.setItem(LAST, String(Date.now()))
  history.replaceState(null, '', `#${address}`)
  location.reload()
}

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))
const answers = (): Promise<boolean> => fetch(location.pathname, { cache: 'no-store' }).then((one) => one.ok, () => false)

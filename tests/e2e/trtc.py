"""TRTC's web SDK as a page meets it: the same calls and events, no network. What it did stands in `window.trtc`."""

import re

from playwright.sync_api import Page

from tests.e2e.conftest import BUILT

SDK = """
const EVENT = new Proxy({}, {get: (_, name) => name})
class Client {
  constructor() { this.heard = {}; trtc.clients.push(this) }
  on(event, act) { this.heard[event] = act; return this }
  tell(event, told = {}) { this.heard[event]?.(told) }
  async enterRoom({strRoomId}) {
    trtc.tries += 1
    if (trtc.failing) { trtc.failing -= 1; throw new Error('no way') }
    trtc.rooms.push(strRoomId)
  }
  async exitRoom() { trtc.left += 1 }
  async startLocalVideo() { if (trtc.noCamera) throw new Error('no camera'); trtc.sends.add('video') }
  async startLocalAudio() { trtc.sends.add('audio') }
  async updateLocalAudio({mute}) { trtc.muted = mute }
  async startRemoteVideo() {}
  destroy() {}
}
const Sdk = {
  EVENT, TYPE: {}, setLogLevel() {}, create: () => new Client(), isSupported: async () => ({result: true}),
}
export const NAME = {default: Sdk}
"""
STATE = "window.trtc = {clients: [], rooms: [], sends: new Set(), tries: 0, failing: 0, left: 0}"


def pretend(page: Page) -> None:
    """The page's own part that would hold the SDK holds this one."""
    built = next((BUILT.parent / "assets").glob("trtc-*.js")).read_text()
    exported = re.search(r"export\s*{\s*\w+ as (\w+)\s*}", built)
    assert exported
    sdk = SDK.replace("NAME", exported[1])
    page.add_init_script(STATE)
    page.route(
        "**/assets/trtc-*.js", lambda route: route.fulfill(body=sdk, content_type="text/javascript")
    )


def tell(page: Page, event: str, **told: str) -> None:
    """To the newest client of the page, as TRTC would."""
    page.evaluate("([event, told]) => trtc.clients.at(-1).tell(event, told)", [event, told])

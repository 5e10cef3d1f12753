// A worker's timer goes on at full speed in a tab that is not looked at; the page's own would slow to once a minute.
let timer: ReturnType<typeof setInterval> | undefined

self.addEventListener('message', (event: MessageEvent<number>) => {
  clearInterval(timer)
  timer = setInterval(() => self.postMessage(0), event.data)
})

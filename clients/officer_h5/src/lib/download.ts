/** A file from a presigned address; a link of the page's own would lose the officer's place. */
export function download(url: string): void {
  const link = document.createElement('a')
  link.href = url
  link.rel = 'noopener'
  link.download = ''
  document.body.append(link)
  link.click()
  link.remove()
}

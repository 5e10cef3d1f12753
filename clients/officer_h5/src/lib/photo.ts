/** A photo as it goes to the server: small enough for a weak network, and without the place where it was taken. */
import { Problem } from './problem'

const LONGEST = 1600
const QUALITY = 0.82

export async function shrunk(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file).catch(() => null)
  if (!picture) throw new Problem(422, 'photo_unreadable', [{ code: 'photo_unreadable', text: '这张照片无法读取，请重新拍摄或换一张。' }])
  const part = Math.min(1, LONGEST / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(picture.width * part))
  canvas.height = Math.max(1, Math.round(picture.height * part))
  canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  return new Promise((resolve) => canvas.toBlob((made) => resolve(made!), 'image/jpeg', QUALITY))
}

/** What is too large for `lib/draft.ts`: photos taken without a network. Signing out drops it as well. */
const NAME = 'visits.kept'
const STORE = 'kept'
let connection: Promise<IDBDatabase> | null = null

function connected(): Promise<IDBDatabase> {
  connection ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onerror = () => reject(request.error)
    request.onsuccess = () => {
      request.result.onversionchange = forget
      resolve(request.result)
    }
  })
  return connection
}

function forget(): void {
  void connection?.then((one) => one.close(), () => undefined)
  connection = null
}

async function ask<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const request = work((await connected()).transaction(STORE, mode).objectStore(STORE))
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

const under = (prefix: string): IDBKeyRange => IDBKeyRange.bound(prefix, `${prefix}\uffff`)

/** Where the browser keeps nothing, as in a private window, what is in memory has to do. */
export async function keep(key: string, value: unknown): Promise<void> {
  await ask('readwrite', (store) => store.put(value, key)).catch(() => undefined)
}

export async function dropKept(key: string): Promise<void> {
  await ask('readwrite', (store) => store.delete(key)).catch(() => undefined)
}

/** What stands under `prefix`, by the rest of its key. */
export async function kept<T>(prefix: string): Promise<Map<string, T>> {
  try {
    const [keys, values] = await Promise.all([ask('readonly', (store) => store.getAllKeys(under(prefix))), ask('readonly', (store) => store.getAll(under(prefix)))])
    return new Map(keys.map((key, index) => [String(key).slice(prefix.length), values[index] as T]))
  } catch {
    return new Map()
  }
}

export function forgetKept(): void {
  forget()
  if ('indexedDB' in globalThis) indexedDB.deleteDatabase(NAME)
}

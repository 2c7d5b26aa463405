type Plain = Record<string, unknown>

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A copy that shares nothing: what YAML's aliases point to twice becomes two. */
export function copy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copy) as T
  if (!isPlain(value)) return value
  const twin: Plain = {}
  for (const [key, part] of Object.entries(value)) define(twin, key, copy(part))
  return twin as T
}

/** `own` over `base`: maps are merged, everything else is replaced. */
export function merge(base: unknown, own: unknown): unknown {
  if (!isPlain(base) || !isPlain(own)) return own
  const merged: Plain = { ...base }
  for (const [key, value] of Object.entries(own)) {
    define(merged, key, Object.hasOwn(base, key) ? merge(base[key], value) : value)
  }
  return merged
}

/** Sets what `path` leads to. False if what it should be set in is not there. */
export function setAt(root: unknown, path: readonly string[], value: unknown): boolean {
  const place = at(root, path.slice(0, -1))
  const last = path.at(-1)!
  if (Array.isArray(place) && /^\d+$/.test(last) && Number(last) <= place.length) place[Number(last)] = value
  else if (isPlain(place)) define(place, last, value)
  else return false
  return true
}

/** An own property, whatever it is called: `__proto__` is a name like any other. */
function define(object: Plain, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
}

/** What `path` leads to; undefined if it leads nowhere. */
export function at(root: unknown, path: readonly (string | number)[]): unknown {
  let place: unknown = root
  for (const part of path) {
    if (Array.isArray(place)) place = place[Number(part)]
    else if (isPlain(place) && Object.hasOwn(place, part)) place = place[part]
    else return undefined
  }
  return place
}

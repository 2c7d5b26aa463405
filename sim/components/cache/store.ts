/** Which of n keys a cache holds. Times in seconds. */
export interface Store {
  /** Whether it holds a good `key`, which is used thereby. */
  touch(key: number, now: number): boolean
  /** Whether it holds `key`, good or not. */
  has(key: number): boolean
  /** Stores `key` anew. False: it has no room for it. */
  put(key: number, now: number): boolean
  /** Takes `key`, which it does not hold and has room for, as the one that was used last. */
  hold(key: number, used: number, expires: number): void
  clear(): void
}

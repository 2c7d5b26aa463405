/** What a name stands for, as somebody sees it who asks its name servers himself: a proxy, by the names of its servers. */
export interface Naming {
  /** All components that it may stand for. */
  readonly addresses: readonly string[]
  /** Seconds for which an answer may be kept: of a chain of names the shortest. */
  readonly ttl: number
  /** Those that it stands for now; none: there is no such name (NXDOMAIN). Null: nobody answers. */
  told(): readonly string[] | null
}

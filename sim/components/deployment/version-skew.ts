import type { ClassNames } from '../../options/types.js'
import type { Dial } from '../../parts/dial.js'
import type { Instance, Version } from './instance.js'

/**
 * While both versions answer, a page of one names assets that a server of the other does not have: 404. Which version a
 * page came from is chance, by how many servers have it (an assumption: load balancers treat them alike, and no visitor
 * is kept at a server).
 */
export class VersionSkew {
  private readonly bent: { readonly dials: readonly Dial[]; by: number }[]

  constructor(
    private readonly instances: readonly Instance[],
    assets: ClassNames | undefined,
  ) {
    this.bent =
      assets === undefined
        ? []
        : instances.map(({ target }) => ({
            dials: assets.names.map((name) => target.contents.get(name)),
            by: 1,
          }))
  }

  /** Who is met has changed, perhaps. */
  turn(): void {
    if (this.bent.length === 0) return
    const open = this.instances.filter(({ isOpen }) => isOpen)
    const of = (version: Version | null) => open.filter((one) => one.version === version).length
    for (const [i, one] of this.instances.entries()) {
      const bent = this.bent[i]!
      const by = one.isOpen ? of(one.version) / open.length : 1
      if (by === bent.by) continue
      for (const dial of bent.dials) {
        if (bent.by !== 1) dial.unbend(bent.by)
        if (by !== 1) dial.bend(by)
      }
      bent.by = by
    }
  }
}

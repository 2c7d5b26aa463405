/** The request classes that write: `write`, until somebody says which. */
export class WritingClasses {
  /** By class: 1 where it writes. It is asked several times a query, and looking into a set is a call. */
  private readonly flags: Uint8Array
  private said = false

  /** @param names of all request classes, in order */
  constructor(names: readonly string[]) {
    this.flags = Uint8Array.from(names, (name) => (name === 'write' ? 1 : 0))
  }

  has(one: number): boolean {
    return this.flags[one] === 1
  }

  /** These write: said by an application, or by a server's own options. */
  tell(classes: Iterable<number>): void {
    if (!this.said) this.flags.fill(0)
    this.said = true
    for (const one of classes) this.flags[one] = 1
  }

  /** What others said too, if they did. */
  join(other: WritingClasses): void {
    if (other.said) this.tell([...other.flags.keys()].filter((one) => other.has(one)))
  }
}

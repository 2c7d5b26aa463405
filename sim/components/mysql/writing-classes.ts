/** The request classes that write: `write`, until somebody says which. */
export class WritingClasses {
  private readonly classes = new Set<number>()
  private said = false

  /** @param names of all request classes, in order */
  constructor(names: readonly string[]) {
    const usual = names.indexOf('write')
    if (usual >= 0) this.classes.add(usual)
  }

  has(one: number): boolean {
    return this.classes.has(one)
  }

  /** These write: said by an application, or by a server's own options. */
  tell(classes: Iterable<number>): void {
    if (!this.said) this.classes.clear()
    this.said = true
    for (const one of classes) this.classes.add(one)
  }

  /** What others said too, if they did. */
  join(other: WritingClasses): void {
    if (other.said) this.tell(other.classes)
  }
}

/** Marks kept: 160 KiB. */
const MARKS = 16384

/**
 * What the replicas have to know of each write that is committed: when that was, and its request class. Kept from
 * the first write that somebody still needs. The log is of fixed size: while a replica is away for long, one mark
 * stands for 2, 4, 8, ... writes in a row; once the backlog is short again, for one.
 */
export class BinaryLog {
  /** Position of the last write: writes are numbered 1, 2, 3, ... */
  head = 0
  /** Position of the first mark. */
  private first = 1
  /** Writes that one mark stands for. */
  private stride = 1
  private marks = 0
  private times = new Float64Array(0)
  private classes = new Uint16Array(0)
  /** The group that is written now: its first position, and how many writes it has. */
  private group = { first: 1, writes: 1 }
  /** Of each mark the first position of its group, and the writes of that; null where nobody asks. */
  private groups: { firsts: Float64Array; sizes: Uint32Array } | null = null

  /** @param needed the first position that a replica may still ask for */
  constructor(private readonly needed: () => number) {}

  /** From now on it is known which writes are committed together. */
  keepGroups(): void {
    this.groups = { firsts: new Float64Array(MARKS), sizes: new Uint32Array(MARKS) }
  }

  /** The next `writes` are committed together. */
  begin(writes: number): void {
    this.group = { first: this.head + 1, writes }
  }

  /** A write of class `kind` is committed, alone unless a group was begun. */
  append(now: number, kind: number): void {
    if (this.head++ === 0) {
      this.times = new Float64Array(MARKS)
      this.classes = new Uint16Array(MARKS)
    }
    if (this.marks === MARKS && this.head === this.end) this.makeRoom()
    if (this.head < this.end) return
    this.times[this.marks] = now
    this.classes[this.marks] = kind
    if (this.groups !== null) this.noteGroup(this.groups)
    this.marks++
  }

  /** Forgets what was committed after `position`: a server that had less became the primary. */
  truncate(position: number): void {
    this.head = position
    this.begin(0)
    this.marks = Math.max(0, Math.min(this.marks, Math.ceil((position + 1 - this.first) / this.stride)))
    if (this.marks === 0) this.empty(position + 1)
  }

  timeOf(position: number): number {
    return this.times[this.markOf(position)]!
  }

  classOf(position: number): number {
    return this.classes[this.markOf(position)]!
  }

  private noteGroup({ firsts, sizes }: { firsts: Float64Array; sizes: Uint32Array }): void {
    const { first, writes } = this.group
    const inside = this.head < first + writes
    firsts[this.marks] = inside ? first : this.head
    sizes[this.marks] = inside ? writes : 1
  }

  /**
   * The first position of the group that was committed together with `position`. Where one mark stands for several
   * writes, groups are taken to be as large as that of the mark.
   */
  groupOf(position: number): number {
    if (this.groups === null) return position
    const mark = this.markOf(position)
    const size = Math.max(1, this.groups.sizes[mark]!)
    return position - ((position - this.groups.firsts[mark]!) % size)
  }

  /** The last position that was committed by `time`. */
  at(time: number): number {
    let position = this.head
    while (position >= this.first && this.timeOf(position) > time) position--
    return position
  }

  /** The position that needs a mark of its own next. */
  private get end(): number {
    return this.first + this.marks * this.stride
  }

  private markOf(position: number): number {
    return Math.max(0, Math.floor((position - this.first) / this.stride))
  }

  private makeRoom(): void {
    const gone = Math.min(this.marks, Math.floor((this.needed() - this.first) / this.stride))
    if (gone > 0) {
      this.times.copyWithin(0, gone, this.marks)
      this.classes.copyWithin(0, gone, this.marks)
      this.groups?.firsts.copyWithin(0, gone, this.marks)
      this.groups?.sizes.copyWithin(0, gone, this.marks)
      this.first += gone * this.stride
      this.marks -= gone
    }
    if (this.marks === 0) this.empty(this.head)
    else this.restride()
  }

  private empty(next: number): void {
    this.first = next
    this.stride = 1
    this.marks = 0
  }

  /** As few writes to a mark as leave half of the room free. */
  private restride(): void {
    const writes = this.head - this.first
    let stride = 1
    while (writes / stride > MARKS / 2) stride *= 2
    if (stride === this.stride) return
    const marks = Math.ceil(writes / stride)
    const old = (mark: number) => Math.floor((mark * stride) / this.stride)
    const move = (mark: number) => {
      this.times[mark] = this.times[old(mark)]!
      this.classes[mark] = this.classes[old(mark)]!
      if (this.groups !== null) {
        this.groups.firsts[mark] = this.groups.firsts[old(mark)]!
        this.groups.sizes[mark] = this.groups.sizes[old(mark)]!
      }
    }
    if (stride > this.stride) for (let mark = 0; mark < marks; mark++) move(mark)
    else for (let mark = marks - 1; mark >= 0; mark--) move(mark)
    this.stride = stride
    this.marks = marks
  }
}

import { Presets, SingleBar } from 'cli-progress'

/** A progress bar on standard error, where that is a terminal and nobody asked for quiet. */
export class Progress {
  private readonly bar: SingleBar | null

  constructor(steps: number, quiet: boolean) {
    this.bar =
      quiet || !process.stderr.isTTY
        ? null
        : new SingleBar(
            {
              format: '{bar} {percentage}%  {value}/{total} replications  {eta_formatted} left',
              stream: process.stderr,
              clearOnComplete: true,
              hideCursor: true,
              barsize: 30,
            },
            Presets.shades_classic,
          )
    this.bar?.start(steps, 0)
  }

  readonly step = (): void => {
    this.bar?.increment()
  }

  end(): void {
    this.bar?.stop()
  }
}

/** Options that change no result, but how it is found, shown and kept; those with a value, and those without. */
const WITH_VALUE = new Set(['--jobs', '--queue', '--out', '--format', '--junit'])
const ALONE = new Set(['--quiet', '--verbose', '--check', '--resume', '--watch'])

/** The command line as a shell takes it, without what changes no result. */
export function commandOf(args: readonly string[]): string {
  const kept: string[] = []
  for (let i = 0; i < args.length; i++) {
    const [name] = args[i]!.split('=') as [string]
    if (WITH_VALUE.has(name)) i += name === args[i] ? 1 : 0
    else if (!ALONE.has(name)) kept.push(quoted(args[i]!))
  }
  return ['nines', ...kept].join(' ')
}

const quoted = (word: string): string =>
  /^[\w@%+:,./=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

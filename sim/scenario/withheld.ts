import { topWords } from './check/top.js'

/** Beginnings of messages that tell what is there, and what is told in their place. */
const TOLD: readonly (readonly [RegExp, string])[] = [
  [/^extends itself: .*/s, '$&'],
  [/^is not YAML: .*/s, 'is not YAML'],
  [/^is .*: (expected a scenario\b.*)/s, '$1'],
  [
    /^there is no (component kind|fault kind|component|host|wire|metric|option|request class) .*/s,
    'there is no such $1',
  ],
  [
    /^there is no column .* to read(; did you mean "(?:time|class|service)"\?)$/s,
    'there is no such column to read$1',
  ],
  [/^there is no ".*/s, 'there is nothing of this name'],
  [/^nothing above is named .*/s, 'nothing above is named so'],
  [/^a name has no .*/s, '$&'],
  [/^has a character in it that is not seen.*/s, 'has a character in it that is not seen'],
  [/^no users ask for the request class .*/s, 'no users ask for this request class'],
  [/^the (key|column) .* is there twice.*/s, 'the $1 is there twice'],
  [/^kind: is missing.*/s, 'kind: is missing'],
  [/^inside \{ \} a comma ends the value.*/s, 'inside { } a comma ends the value: put it in quotes'],
  [/^is too long.*/s, 'is too long'],
  [/^(expected at least one (?:arrival|duration)) .*/s, '$1'],
  [
    /^(is missing: )?(expected .*?)(?:, not (?!(?:a negative one|an empty cell)$)|, [\d.e+-]+ s, not |, and |: |; |"| \(known).*/s,
    '$1$2',
  ],
  [/^what comes after this was not read$/, '$&'],
  [/^(is missing|(?:is missing: )?expected) .*/s, '$&'],
]

/**
 * What is told of a file that the user did not name: what was expected, not what is there. It may be a stranger who named
 * it, to have its contents printed.
 */
export function withheld(message: string): string {
  const told = TOLD.find(([form]) => form.test(message))
  return told === undefined ? 'does not fit (nines check of this file says why)' : message.replace(...told)
}

/** As much of a path as every scenario may have. */
export function withheldPath(path: string): string {
  const [top] = path.split('.')
  return topWords.has(top!) ? top! : ''
}

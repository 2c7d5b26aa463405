/** A table in Markdown. Cells may have Markdown in them: what is text goes through `literal` before. */
export function tableOf(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n')
}

/** Letters that mean something in Markdown, or name somebody, stand for themselves; on one line. */
export const literal = (text: string): string =>
  text.replace(/[\\`*_<#[\]]/g, (c) => `\\${c}`).replace(/\s+/g, ' ')

/** Text within a line as it is, whatever it has in it. */
export function code(text: string): string {
  const fence = '`'.repeat(longestRun(text) + 1)
  return fence.length > 1 ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`
}

/** The same of lines. */
export function block(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return `${fence}${language}\n${text}\n${fence}`
}

/** Of backticks. */
const longestRun = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))

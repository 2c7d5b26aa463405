import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('.', import.meta.url))

/** What is redistributed comes with its licences, each once: of all packages that files were taken from. */
export function licencesOf(files) {
  const folders = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []))
  const packages = new Map()
  for (const folder of [...folders].sort().map((at) => path.join(root, at))) {
    const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
    const text = licenceIn(folder)
    if (text === '') throw new Error(`${name} has no licence that could come with it`)
    packages.set(text, [...(packages.get(text) ?? []), `${name} ${version}`])
  }
  return [...packages]
    .map(([text, names]) => `${names.join('\n')}\n\n${text}\n`)
    .join(`\n${'='.repeat(80)}\n`)
}

/** The files that are a licence or belong to one; else what the README says from that heading on. */
function licenceIn(folder) {
  const read = (file) => readFileSync(`${folder}/${file}`, 'utf8')
  const files = readdirSync(folder).sort()
  const texts = files.filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).map(read)
  if (texts.length > 0) return texts.join('\n').trim()
  return files
    .filter((file) => /^readme/i.test(file))
    .map((file) => /^#* *licen[cs]e[\s\S]*/im.exec(read(file))?.[0] ?? '')
    .join('\n')
    .trim()
}

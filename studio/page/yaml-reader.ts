let reader: Promise<void> | null = null

/** The reader of YAML is there, which the page shares with its engine: before anything is imported that has to do with texts. */
export function readerThere(): Promise<void> {
  reader ??= new Promise((resolve, reject) => {
    const script = document.createElement('script')
    script.src = 'yaml.js'
    script.onload = () => resolve()
    script.onerror = () => reject(new Error('yaml.js'))
    document.head.append(script)
  })
  return reader
}

import path from 'node:path'

/** The repository. */
export const root = path.resolve(import.meta.dirname, '../..')

/** A file of the program as it is built, such as `cli/main.js`. */
export const built = (file: string): string => path.join(root, 'dist', file)

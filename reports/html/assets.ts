/** The bundled script and style sheet of a page, and what its results were made from. */
export interface Assets {
  readonly script: string
  readonly style: string
  /** Of both, as a content security policy names them. */
  readonly hashes: { readonly script: string; readonly style: string }
  readonly origin?: Origin
}

export interface Origin {
  /** The command line without what changes no result; null where it was none. */
  readonly command: string | null
  /** Scenarios, and what they name, as they were read. */
  readonly files: readonly { readonly name: string; readonly text: string }[]
}

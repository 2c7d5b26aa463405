/** The bundled script and style sheet of a page. */
export interface Assets {
  readonly script: string
  readonly style: string
  /** Of both, as a content security policy names them. */
  readonly hashes: { readonly script: string; readonly style: string }
}

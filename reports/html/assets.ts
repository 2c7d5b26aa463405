/** The bundled chart script and style sheet of a page. */
export interface Assets {
  readonly script: string
  readonly style: string
  /** Of the script, as a content security policy names it. */
  readonly hash: string
}

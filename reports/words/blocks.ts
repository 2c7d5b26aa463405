/** What a text is made of, before it is laid out for a terminal or as Markdown. Names stand between `[[` and `]]`. */
export type Block =
  | { readonly heading: string }
  | { readonly text: string }
  | { readonly list: readonly string[] }
  | { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  /** For Markdown alone. */
  | { readonly diagram: string }

/** A text may come from an address that somebody else has made. Characters of it, and bytes that an address holds. */
export const MOST_TEXT = 256 * 1024
/** Files that it names. */
export const MOST_FILES = 16

/** Drawings of lines, on 18 by 18: of whoever asks, and of a kind of component that has none of its own. */
export const USERS =
  'M6.5 8a2.5 2.5 0 1 0 0-5a2.5 2.5 0 0 0 0 5M1.5 15v-1a5 5 0 0 1 10 0v1M12 3.2a2.5 2.5 0 0 1 0 4.6M13 10.2a5 5 0 0 1 3.5 4.8'
export const ATTACKERS = 'M9 2.5l7 12.5h-14zM9 7v4M9 13v.2'
export const PLAIN = 'M3 3.5h12v11h-12zM3 7.5h12'

/** What watches a box: an eye, on 12 by 8. */
export const EYE =
  'M.5 4c2.5-4.5 8.5-4.5 11 0c-2.5 4.5-8.5 4.5-11 0M6 2.4a1.6 1.6 0 1 0 0 3.2a1.6 1.6 0 0 0 0-3.2'

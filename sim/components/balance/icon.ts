/** One way in, several out: for all kinds that balance. */
export const balancing =
  'M9 2v5M9 7l-5.5 5M9 7l5.5 5M9 7v6M1.5 12.5h4v3.5h-4zM7 12.5h4v3.5h-4zM12.5 12.5h4v3.5h-4z'

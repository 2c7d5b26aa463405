/** What a byte adds (the polynomial of Ethernet and zlib, bits reversed). */
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let x = byte
  for (let bit = 0; bit < 8; bit++) x = (x & 1) === 1 ? (x >>> 1) ^ 0xedb88320 : x >>> 1
  return x
})

/** CRC-32 of bytes, 32 bits without a sign. @param before that of what stands before them */
export function crc32(bytes: ArrayLike<number>, before = 0): number {
  let crc = ~before
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8)
  return ~crc >>> 0
}

/** The bytes of ASCII text. */
export const bytesOf = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0))

/** Four bytes, the lowest first. */
export const lowestFirst = (x: number): number[] => [x & 0xff, (x >>> 8) & 0xff, (x >>> 16) & 0xff, x >>> 24]

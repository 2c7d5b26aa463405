// The package is made for browsers: it leaves what it exports in `window`.
globalThis.window = {}
await import('simjs')

export const { Sim, Entity, Facility, Random } = globalThis.window.Sim

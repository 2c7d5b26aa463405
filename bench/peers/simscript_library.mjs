import simscript from 'simscript'

// The package is made for browsers: four times a second it waits for a frame to be drawn.
globalThis.requestAnimationFrame = setImmediate

export const { Entity, Exponential, LogNormal, Queue, Simulation, Uniform } = simscript

/** Runs `simulation` to its end. */
export const finished = (simulation) =>
  new Promise((resolve) => {
    simulation.finished.addEventListener(resolve)
    simulation.start()
  })

import { ledTo } from '../parts/kind.js'
import type { ComponentSpec } from './scenario.js'

/** Whom a component calls that names `ref`: the addresses of a name, if it resolves names itself. */
export function calledBy(
  caller: Pick<ComponentSpec, 'kind'>,
  ref: string,
  components: readonly ComponentSpec[],
): readonly string[] {
  const spec = components.find(({ name }) => name === ref)
  return caller.kind.resolves === true && spec?.kind.names === true
    ? ledTo(spec).flatMap((one) => calledBy(caller, one, components))
    : [ref]
}

import { z } from 'zod'
import { kinds } from '../components/registry.js'
import type { Aim, FaultKind } from '../faults/fault.js'
import { faultKinds } from '../faults/registry.js'
import { hint, kindHint } from '../options/nearest.js'
import { quoted, shown } from '../options/shown.js'
import { type Files, readCall, type Signature } from '../options/signature.js'
import {
  ByClass,
  ClassNames,
  count,
  currentFiles,
  duration,
  durationOrAuto,
  flag,
  law,
  numberAbove,
  period,
  Ref,
  ref,
  share,
  timeout,
  within,
} from '../options/types.js'
import { parseDuration, parseFactor, Unreadable } from '../options/units.js'
import { refsIn, walk } from '../options/walk.js'
import { type Kind, neighbourOf } from '../parts/kind.js'
import { arrivals } from '../traffic/arrivals.js'
import { closed } from '../traffic/closed.js'
import { type Profile, profiles, steps } from '../traffic/profile.js'
import { Document, type Path } from './document.js'
import { expectations } from './expect.js'
import { orderOf, rolesOf } from './graph.js'
import { baseOf, besideOf } from './paths.js'
import { ScenarioError } from './problem.js'
import type { ComponentSpec, FaultSpec, Overrides, Scenario, Source, UsersSpec } from './scenario.js'
import { checkSize } from './size.js'

/** The request class of users without a `mix`. */
const ONLY_CLASS = 'request'

const name = z.string({ error: 'expected a text' })

const profile = z
  .union(
    [
      z.string(),
      z.record(
        z.string(),
        z.union([z.string(), z.number()], { error: 'expected a factor such as 300% or 3' }),
      ),
    ],
    {
      error: 'expected a profile such as ramp(300%), or a map from time to factor',
    },
  )
  .transform((given, ctx): Profile => {
    try {
      if (typeof given === 'string') return readCall('a profile', profiles, given, currentFiles())
      if (Object.keys(given).length === 0) throw new Unreadable('at least one time and its factor')
      const points = Object.entries(given).map(([at, f]) => [parseDuration(at), parseFactor(f)] as const)
      return steps(points.sort((a, b) => a[0] - b[0]))
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      ctx.addIssue({ code: 'custom', message: `expected ${error.message}` })
      return z.NEVER
    }
  })

/** Open processes say who comes when; `closed` how many ask and think. */
const processes: readonly Signature<UsersSpec['arrive']>[] = [
  ...arrivals.map((signature) => ({
    ...signature,
    make: (...args: unknown[]) => ({ open: signature.make(...args) }),
  })),
  closed,
]

const arrive = z
  .string({ error: 'expected an arrival process such as poisson(200/s)' })
  .transform((text, ctx) => {
    try {
      const process = readCall<UsersSpec['arrive']>('an arrival process', processes, text, currentFiles())
      return { text, process }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      ctx.addIssue({ code: 'custom', message: `expected ${error.message}` })
      return z.NEVER
    }
  })
/** What `users:` entries can say. */
export const usersOptions = z.strictObject({
  arrive: arrive
    .meta({ type: 'arrival process' })
    .describe('who comes when: an open process, or closed(users, think)'),
  profile: profile.optional().meta({ type: 'profile' }).describe('how the rate changes over time'),
  to: ref().describe('the component that they call'),
  timeout: timeout().prefault('none').describe('patience of one try, from sending to the answer'),
  retries: count(0, 100).prefault(0).describe('further tries after a failure'),
  backoff: law().prefault('0s').describe('pause before a retry'),
  growth: numberAbove(0, 100).prefault(1).describe('factor on the pause from one retry to the next'),
  mix: z
    .record(z.string(), share())
    .optional()
    .meta({ type: 'shares' })
    .describe('shares of the request classes'),
  malicious: flag().prefault(false).describe('attackers: what firewalls filter; kept apart in the results'),
})

/** What `hosts:` entries can say. */
export const hostOptions = z.strictObject({
  cores: count(1, 4096).prefault(1).describe('cores, shared by all components on the host'),
  speed: numberAbove(0, 1000).prefault(1).describe('factor on the speed of its cores'),
  zone: name
    .optional()
    .meta({ type: 'name' })
    .describe('what fails together: a rack, a room, an availability zone'),
})

/** What `wires:` entries can say. */
export const wireOptions = z.strictObject({
  latency: duration().prefault('0s').describe('one way'),
  loss: share().prefault('0%').describe('packets lost, and sent again after 200 ms, 400 ms, ...'),
})

/** What every fault can say beside the options of its kind. */
export const faultOptions = z.strictObject({
  kind: name,
  target: z
    .union([name.transform((one) => [one]), z.array(name).min(1, 'expected at least one name')], {
      error: 'expected a name or a list of names',
    })
    .meta({ type: 'name or names' })
    .describe('what it strikes'),
  at: duration().optional().describe('when it strikes, from the start of the measured span'),
  for: period().optional().describe('how long; default to the end of the run'),
  mtbf: law().optional().describe('time from repair to the next failure'),
  mttr: law().optional().describe('time to repair'),
})

const top = z.strictObject({
  name: name.optional(),
  seed: z
    .union([z.string().min(1, 'expected a number or a word, not an empty text'), z.number()], {
      error: 'expected a number or a word',
    })
    .prefault(1),
  lasts: period().prefault('1min'),
  warmup: durationOrAuto().prefault('auto'),
  replications: count(1, 100_000).prefault(20),
  hosts: z.record(z.string(), z.unknown(), { error: 'expected a map from host name to options' }).nullish(),
  users: z.record(z.string(), z.unknown(), { error: 'expected a map from name to users' }),
  components: z.record(z.string(), z.unknown(), { error: 'expected a map from name to component' }),
  wires: z.record(z.string(), z.unknown(), { error: 'expected a map from "a -> b" to options' }).nullish(),
  faults: z.array(z.unknown(), { error: 'expected a list of faults' }).nullish(),
  expect: z.record(z.string(), z.unknown(), { error: 'expected a map from metric to condition' }).nullish(),
})

/**
 * Gives the text of a file that a scenario names: another scenario, or a table of numbers. Throws `Unreadable` where
 * it cannot.
 */
export type Reading = (file: string, sort: 'scenario' | 'table') => string

/** Texts that came with the scenario. */
export const held =
  (files: Source['files']): Reading =>
  (name) => {
    const text = files[name]
    if (text === undefined) throw new Unreadable(`a file that came with the scenario, not ${name}`)
    return text
  }

const nothing: Reading = (name) => {
  throw new Unreadable(`no file: ${name} cannot be read here`)
}

/**
 * Checks the text of a scenario. Throws `ScenarioError` with all problems.
 * @param file what it is called: files that it names lie beside it
 * @param reading how files are read that it names
 */
export function parseScenario(
  text: string,
  file: string,
  overrides: Overrides = {},
  reading: Reading = nothing,
): Scenario {
  const files: Record<string, string> = {}
  const read: Reading = (name, sort) => (files[name] = reading(name, sort))
  const document = new Document(text, file, (name) => read(name, 'scenario'))
  document.override(overrides)
  const { components } = whatFits(document.value as Record<string, unknown>)
  const beside: Files = { read: (name) => read(besideOf(file, name), 'table') }
  const scenario = within({ files: beside, components: Object.keys(components) }, () => check(document))
  if (document.problems.length > 0) throw new ScenarioError(document.problems)
  return { ...scenario, source: { text, file, overrides, files } }
}

function check(document: Document): Omit<Scenario, 'source'> {
  const given = document.parse(top, document.value, []) ?? whatFits(document.value as Record<string, unknown>)

  const hosts = entries(given.hosts).flatMap(([host, value]) => {
    const options = document.parse(hostOptions, value ?? {}, ['hosts', host])
    return options === null
      ? []
      : [{ name: host, cores: options.cores, speed: options.speed, zone: options.zone ?? null }]
  })
  const hostNames = Object.keys(given.hosts ?? {})

  const componentNames = Object.keys(given.components)
  if (componentNames.length === 0 && document.isMap(['components']))
    document.complain(['components'], 'expected at least one component')
  const parsed = entries(given.components).flatMap(([component, value]) => {
    const found = checkComponent(document, component, value, hostNames)
    return found === null ? [] : [found]
  })

  const userNames = Object.keys(given.users)
  if (userNames.length === 0 && document.isMap(['users']))
    document.complain(['users'], 'expected at least one kind of users')
  const users = entries(given.users).flatMap(([who, value]): UsersSpec[] => {
    const at: Path = ['users', who]
    const options = document.parse(usersOptions, value, at)
    // Told whatever else is wrong with the entry.
    const shares = usersOptions.shape.mix.safeParse((value as { mix?: unknown } | null)?.mix).data
    const mix = new Map(Object.entries(shares ?? { [ONLY_CLASS]: 1 }))
    const sum = [...mix.values()].reduce((a, b) => a + b, 0)
    if (Math.abs(sum - 1) > 1e-9)
      document.complain(
        [...at, 'mix'],
        `expected shares that add up to 100%, not ${+(sum * 100).toFixed(4)}%`,
      )
    if (options === null) return []
    const { arrive, to, timeout, retries, backoff, growth, malicious } = options
    if (!('open' in arrive.process) && options.profile) {
      document.complain([...at, 'profile'], 'closed users have no rate that a profile could change')
    }
    return [
      {
        name: who,
        arrive: arrive.process,
        arriveText: arrive.text,
        profile: options.profile ?? null,
        to: to.name,
        timeout,
        retries,
        backoff,
        growth,
        mix,
        malicious,
      },
    ]
  })
  const classes = [...new Set(users.flatMap((u) => [...u.mix.keys()]))]
  // What is broken in itself may still be meant by others.
  const broken = new Set([...userNames, ...componentNames])
  for (const { name } of [...users, ...parsed.map((p) => p.spec)]) broken.delete(name)

  checkNames(
    document,
    { hosts: hostNames, users: userNames, components: componentNames },
    hosts.map((h) => h.zone),
  )
  if (!userNames.some((user) => broken.has(user))) {
    for (const { spec, at } of parsed) checkClasses(document, spec.options, at, classes)
  }

  const specs = parsed.map((p) => p.spec)
  for (const { spec, at } of parsed) {
    walk(spec.options, [], (part, where) => {
      const found =
        part instanceof Ref && part.kind !== null ? specs.find((s) => s.name === part.name) : undefined
      if (found && found.kind.kind !== (part as Ref).kind) {
        document.complain(
          [...at, ...where],
          `expected a component of kind ${(part as Ref).kind}, and ${found.name} is of kind ${found.kind.kind}`,
        )
      }
    })
  }
  const neighbours = specs.map(neighbourOf)
  for (const { spec, at } of parsed) {
    const self = neighbours.find((n) => n.name === spec.name)!
    for (const misfit of spec.kind.misfits?.(self, neighbours) ?? [])
      document.complain([...at, ...misfit.path], misfit.message)
  }
  const { order, cycle } = orderOf(specs)
  if (cycle !== null) {
    document.complain(
      ['components', cycle[0]!],
      `components call one another in a circle: ${[...cycle, cycle[0]].join(' -> ')}`,
    )
  }
  const roles = rolesOf(specs)
  const components = order.map((component) => {
    const spec = specs.find((s) => s.name === component)!
    return { ...spec, role: roles.get(component)! }
  })

  const calls = [
    ...specs.flatMap((s) => s.refs.map((to) => `${s.name} -> ${to}`)),
    ...users.map((u) => `${u.name} -> ${u.to}`),
  ]
  const unknowable = (wire: unknown): wire is string => {
    const [from, to] = String(wire).split(' -> ')
    return broken.has(from!) && componentNames.includes(to ?? '')
  }
  const wireNames = [
    ...calls,
    ...Object.keys(given.wires ?? {}).filter(unknowable),
    ...(given.faults ?? [])
      .flatMap((fault) => (fault as { target?: unknown } | null)?.target ?? [])
      .filter(unknowable),
  ]
  const wires = entries(given.wires).flatMap(([wire, value]) => {
    const at: Path = ['wires', wire]
    const [from, to] = wire.split(' -> ')
    if (!wireNames.includes(wire))
      document.complain(at, `there is no wire ${quoted(wire)}${hint(wire, calls)}`)
    const options = document.parse(wireOptions, value ?? {}, at)
    return options === null ? [] : [{ from: from!, to: to ?? '', ...options }]
  })

  const zones = [...new Set(hosts.flatMap((h) => (h.zone === null ? [] : [h.zone])))]
  const targets = {
    component: componentNames,
    host: hostNames,
    zone: zones,
    wire: wireNames,
    users: userNames,
  }
  const on = (hosted: readonly string[]) => specs.filter((s) => s.host !== null && hosted.includes(s.host))
  const aims = new Map<string, Aim>(
    [
      ...specs.map((s) => ({ name: s.name, type: 'component' as const, components: [s] })),
      ...hostNames.map((name) => ({ name, type: 'host' as const, components: on([name]) })),
      ...zones.map((name) => {
        const hosted = hosts.filter((h) => h.zone === name).map((h) => h.name)
        return { name, type: 'zone' as const, components: on(hosted) }
      }),
      ...calls.map((name) => ({ name, type: 'wire' as const, components: [] })),
      ...users.map((u) => ({
        name: u.name,
        type: 'users' as const,
        components: [],
        closed: 'users' in u.arrive,
      })),
    ].map((aim) => [aim.name, { closed: false, ...aim }]),
  )
  const faults = (given.faults ?? []).flatMap((value, i): FaultSpec[] => {
    const fault = checkFault(document, value, ['faults', i], targets)
    if (fault?.targets.every((target) => aims.has(target))) {
      const lasts = fault.timed?.lasts ?? null
      const misfit = fault.kind.fits?.(
        fault.targets.map((target) => aims.get(target)!),
        fault.options,
        lasts,
      )
      if (misfit) document.complain(['faults', i, misfit[0]], misfit[1])
    }
    if (fault?.timed && fault.timed.at >= given.lasts) {
      document.complain(['faults', i, 'at'], 'is after the end of the run (lasts:)')
    }
    return fault === null ? [] : [fault]
  })

  const scenario = {
    file: document.file,
    name: given.name ?? baseOf(document.file).replace(/\.ya?ml$/, ''),
    preface: document.preface,
    seed: String(given.seed),
    lasts: given.lasts,
    warmup: given.warmup,
    replications: given.replications,
    classes,
    hosts,
    users,
    order: componentNames,
    components,
    wires,
    faults,
  }
  checkSize(document, scenario)
  return { ...scenario, expect: expectations(document, given.expect ?? {}, scenario) }
}

/** The parts of a bad scenario that can be checked all the same. */
function whatFits(value: Record<string, unknown>): z.output<typeof top> {
  const map = (part: unknown) =>
    (typeof part === 'object' && part !== null && !Array.isArray(part) ? part : {}) as Record<string, unknown>
  return {
    seed: 1,
    lasts: Number.POSITIVE_INFINITY,
    warmup: 'auto',
    replications: 1,
    hosts: map(value.hosts),
    users: map(value.users),
    components: map(value.components),
    wires: map(value.wires),
    faults: Array.isArray(value.faults) ? value.faults : [],
    expect: map(value.expect),
  }
}

function checkComponent(
  document: Document,
  component: string,
  value: unknown,
  hosts: readonly string[],
): { spec: ComponentSpec; at: Path } | null {
  const at: Path = ['components', component]
  const found = ofKind<Kind>(document, value, at, kinds, 'component')
  if (found === null) return null
  const { host, ...rest } = found.rest
  if (host !== undefined && !(typeof host === 'string' && hosts.includes(host))) {
    document.complain([...at, 'host'], `there is no host ${shown(host)}${hint(String(host), hosts)}`)
  }
  const options = document.parse(found.kind.options, rest, at, ['kind', 'host'])
  if (options === null) return null
  const spec = {
    name: component,
    kind: found.kind,
    options,
    host: typeof host === 'string' ? host : null,
    role: component,
    refs: refsIn(options).map((ref) => ref.name),
  }
  return { spec, at }
}

function checkFault(
  document: Document,
  value: unknown,
  at: Path,
  known: Record<'component' | 'host' | 'zone' | 'wire' | 'users', readonly string[]>,
): FaultSpec | null {
  const found = ofKind<FaultKind>(document, value, at, faultKinds, 'fault')
  if (found === null) return null
  const { kind } = found
  const shape = faultOptions.extend(kind.options.shape)
  const options = document.parse(shape, value, at) as
    | (z.output<typeof faultOptions> & Record<string, unknown>)
    | null
  if (options === null) return null
  const { target, at: when, for: lasts, mtbf, mttr, kind: _, ...own } = options
  const fitting = kind.targets.flatMap((type) => known[type])
  const all = Object.values(known).flat()
  for (const [i, one] of target.entries()) {
    const where: Path = document.has([...at, 'target', i]) ? [...at, 'target', i] : [...at, 'target']
    if (!all.includes(one)) document.complain(where, `there is nothing named "${one}"${hint(one, fitting)}`)
    else if (!fitting.includes(one))
      document.complain(
        where,
        `${kind.kind} strikes ${kind.targets.join(', ')}, and "${one}" is none of these`,
      )
  }
  const timed = when !== undefined
  const random = mtbf !== undefined || mttr !== undefined
  if (timed === random) document.complain(at, 'expected either at: (and for:), or mtbf: and mttr:')
  else if (random && (mtbf === undefined || mttr === undefined))
    document.complain(at, `${mtbf ? 'mttr' : 'mtbf'}: is missing`)
  else if (random && lasts !== undefined)
    document.complain([...at, 'for'], 'a random fault lasts as long as mttr: says')
  else if (random && !(mtbf!.mean > 0)) document.complain([...at, 'mtbf'], 'expected a time above 0')
  return {
    kind,
    targets: target,
    options: own,
    timed: timed ? { at: when, lasts: lasts ?? Number.POSITIVE_INFINITY } : null,
    random: mtbf && mttr ? { mtbf, mttr } : null,
    says: `${kind.kind} of ${target.join(', ')}`,
  }
}

/** The `kind:` of an entry, and the rest of it. */
function ofKind<K extends { kind: string; aliases?: readonly string[] }>(
  document: Document,
  value: unknown,
  at: Path,
  known: readonly K[],
  what: string,
): { kind: K; rest: Record<string, unknown> } | null {
  const names = known.map((k) => k.kind)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    document.complain(at, `expected a ${what}: { kind: ... }, not ${shown(value)}`)
    return null
  }
  const { kind, ...rest } = value as Record<string, unknown>
  if (kind === undefined) {
    document.complain(at, `kind: is missing (known: ${names.join(', ')})`)
    return null
  }
  const found = known.find((k) => k.kind === kind)
  if (found === undefined) {
    document.complain(
      [...at, 'kind'],
      `there is no ${what} kind ${shown(kind)}${typeof kind === 'string' ? kindHint(kind, known) : ''}`,
    )
    return null
  }
  return { kind: found, rest }
}

/** Faults and wires name things without saying of what sort: a name must be one thing. */
function checkNames(
  document: Document,
  groups: Record<string, readonly string[]>,
  zones: readonly (string | null)[],
): void {
  const owner = new Map<string, string>()
  for (const [group, names] of Object.entries(groups)) {
    for (const one of names) {
      const other = owner.get(one)
      if (other !== undefined) document.complain([group, one], `the name "${one}" is taken, under ${other}:`)
      else owner.set(one, group)
      if (one.includes(' -> ') || one.trim() === '')
        document.complain([group, one], 'a name has no " -> " in it and is not empty')
    }
  }
  for (const zone of new Set(zones)) {
    const other = zone === null ? undefined : owner.get(zone)
    if (other !== undefined) document.complain([other, zone!], `the name "${zone}" is taken, by a zone`)
  }
}

function checkClasses(document: Document, options: unknown, at: Path, classes: readonly string[]): void {
  walk(options, [], (part, where) => {
    const named =
      part instanceof ByClass ? [...part.byClass.keys()] : part instanceof ClassNames ? part.names : []
    for (const one of named) {
      if (!classes.includes(one)) {
        const place = part instanceof ByClass ? [...at, ...where, one] : [...at, ...where]
        // A default list may name classes that these users do not ask for.
        if (document.has(place))
          document.complain(place, `no users ask for the request class "${one}"${hint(one, classes)}`)
      }
    }
  })
}

const entries = (map: Record<string, unknown> | null | undefined) => Object.entries(map ?? {})

import { capital } from '../../reports/words/capital.js'
import { requests } from './sentences.js'
import {
  came,
  failedSince,
  heals,
  kills,
  lost,
  okSince,
  outlasts,
  plays,
  type Step,
  waitsFor,
  watches,
} from './tour-steps.js'

export interface Chapter {
  /** The scenario, as the gallery calls it. */
  readonly id: string
  readonly steps: readonly Step[]
  /** What this drawing leaves to the next. */
  readonly ends: string
}

/** What breaks in each of the four architectures, and what the next one repairs. */
export const chapters: readonly Chapter[] = [
  {
    id: '01-simple-web-stack',
    steps: [
      plays('One server carries everything: Nginx, the application and MySQL.'),
      watches(
        5,
        'Dots are requests on their way. Let five simulated seconds pass.',
        (sight, since) =>
          `${capital(requests(okSince(sight, since)))} got an answer, and ${requests(failedSince(sight, since))} failed. Nothing is wrong yet.`,
      ),
      kills('nginx', 'Now break it: click the box nginx and choose Crash.'),
      watches(
        3,
        'Look at Failed.',
        (sight, since) =>
          `${lost(sight, since)}, each at once: where no process listens, the machine refuses.`,
      ),
      heals('nginx'),
      kills(
        'server-1',
        'Now the whole machine: click server-1, the frame around the boxes, and choose Crash.',
      ),
      waitsFor(15, 'Look at Failed: this time it takes a while.', (sight, since) =>
        came(
          sight,
          since,
          ({ first }) =>
            `The first request failed ${first} after the crash. A machine without power says nothing, and visitors wait until their timeout of 10 s is over.`,
        ),
      ),
    ],
    ends: 'There is one of everything, and with each of them all is lost. The next drawing has two servers behind a load balancer.',
  },
  {
    id: '02-distributed',
    steps: [
      plays('HAProxy shares the requests out between two servers.'),
      kills('nginx-1', 'Now kill nginx-1: click it and choose Crash.'),
      waitsFor(10, 'Look at Failed.', (sight, since) =>
        came(
          sight,
          since,
          ({ first }) =>
            `The first request failed after ${first}: HAProxy had tried nginx-1 three more times, a second apart, before it gave up.`,
        ),
      ),
      outlasts(20, 'Keep an eye on Failed.', (sight, since) =>
        came(
          sight,
          since,
          ({ last }) =>
            `Failed fell to nothing ${last} after the crash: HAProxy’s check has taken nginx-1 out, and nginx-2 answers everybody.`,
        ),
      ),
      heals('nginx-1'),
      kills('haproxy', 'And what is there only once? Kill haproxy.'),
      watches(
        3,
        'Look at Failed.',
        (sight, since) => `${lost(sight, since)}, with two sound servers behind it.`,
      ),
    ],
    ends: 'A server may die now, but not the load balancer. The next drawing adds what one expects of a stack in public: firewalls, TLS and monitoring. See what they cost.',
  },
  {
    id: '03-secured-and-monitored',
    steps: [
      plays('Three firewalls, TLS at HAProxy, and a monitor that looks at all of it.'),
      kills('monitor', 'Kill the monitor.'),
      watches(
        5,
        'Look at Failed.',
        (sight, since) =>
          `In five seconds ${requests(failedSince(sight, since))} failed: the monitor only watches. Without it nobody would be told of the next crash.`,
      ),
      kills('firewall-1', 'Now kill firewall-1, which stands in front of nginx-1.'),
      outlasts(30, 'Look at Failed until it is over.', (sight, since) =>
        came(
          sight,
          since,
          ({ first, last }) =>
            `The first request failed after ${first}, the last after ${last}. A dead firewall is silent: each try of HAProxy waits for timeout_connect, a second.`,
        ),
      ),
      kills('firewall-lb', 'Now kill firewall-lb, through which everybody comes.'),
      waitsFor(15, 'Look at Failed.', (sight, since) =>
        came(
          sight,
          since,
          ({ first }) =>
            `The first request failed after ${first}: nobody comes in any more, and visitors wait for their timeout.`,
        ),
      ),
    ],
    ends: 'What protects everybody stands before everybody: two single points of failure in a row, firewall-lb and haproxy. The next drawing has two load balancers, and a machine for each part.',
  },
  {
    id: '04-scale-up',
    steps: [
      plays('Two load balancers share one address, and each part has a machine of its own.'),
      kills('nginx-1', 'Kill nginx-1, as before.'),
      watches(
        6,
        'Look at Failed.',
        (sight, since) =>
          `In six seconds ${requests(failedSince(sight, since))} failed: with redispatch, a try that nginx-1 refused goes to nginx-2.`,
      ),
      kills('haproxy-1', 'Now kill haproxy-1, which has the address.'),
      outlasts(20, 'Look at Failed until it is over.', (sight, since) =>
        came(
          sight,
          since,
          ({ last }) => `Failed fell to nothing ${last} after the crash: the address has moved to haproxy-2.`,
        ),
      ),
      kills('data-1', 'Now kill data-1, the machine of the primary database.'),
      outlasts(40, 'Look at Failed until it is over: only writes fail.', (sight, since) =>
        came(
          sight,
          since,
          ({ last }) =>
            `The last request failed ${last} after the crash: by then mysql-2 was promoted, and takes the writes. ${capital(requests(okSince(sight, since)))} got an answer meanwhile.`,
        ),
      ),
    ],
    ends: 'Three machines were lost, and the site still answers. The tab SPOF tells what is left that can stop it; Nines, what that means in a year.',
  },
]

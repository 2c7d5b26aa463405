import { app } from './app.js'
import { balancer } from './balancer.js'
import { cache } from './cache.js'
import { dns } from './dns.js'
import { fanout } from './fanout.js'
import { firewall } from './firewall.js'
import { haproxy } from './haproxy.js'
import type { Kind } from './kind.js'
import { monitor } from './monitor.js'
import { mysql } from './mysql.js'
import { nginx } from './nginx.js'
import { service } from './service.js'
import { vip } from './vip.js'

/** All component kinds, one line each. */
export const kinds = [
  service,
  balancer,
  haproxy,
  vip,
  dns,
  firewall,
  nginx,
  fanout,
  cache,
  app,
  mysql,
  monitor,
] as unknown as readonly Kind[]

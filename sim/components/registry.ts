import type { Kind } from '../parts/kind.js'
import { apache } from './apache/apache.js'
import { app } from './app/app.js'
import { autoscaler } from './autoscaler/autoscaler.js'
import { balancer } from './balancer/balancer.js'
import { cache } from './cache/cache.js'
import { deployment } from './deployment/deployment.js'
import { dns } from './dns/dns.js'
import { fanout } from './fanout/fanout.js'
import { firewall } from './firewall/firewall.js'
import { galera } from './galera/galera.js'
import { groupReplication } from './group-replication/group-replication.js'
import { haproxy } from './haproxy/haproxy.js'
import { hotline } from './hotline/hotline.js'
import { logsearch } from './logsearch/logsearch.js'
import { monitor } from './monitor/monitor.js'
import { mysql } from './mysql/mysql.js'
import { nameserver } from './nameserver/nameserver.js'
import { nginx } from './nginx/nginx.js'
import { nginxStream } from './nginx/nginx-stream.js'
import { postgresql } from './postgresql/postgresql.js'
import { mariadbmon } from './promoter/mariadbmon.js'
import { mha } from './promoter/mha.js'
import { orchestrator } from './promoter/orchestrator.js'
import { redis } from './redis/redis.js'
import { sentinel } from './redis/sentinel.js'
import { service } from './service/service.js'
import { vip } from './vip/vip.js'

/** All component kinds, one line each. */
export const kinds = [
  service,
  balancer,
  haproxy,
  vip,
  dns,
  nameserver,
  firewall,
  nginx,
  nginxStream,
  fanout,
  cache,
  redis,
  app,
  apache,
  mysql,
  postgresql,
  galera,
  groupReplication,
  orchestrator,
  mha,
  mariadbmon,
  sentinel,
  monitor,
  logsearch,
  hotline,
  autoscaler,
  deployment,
] as unknown as readonly Kind[]

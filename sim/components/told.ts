import { apacheTold } from './apache/apache-told.js'
import { appTold } from './app/app-told.js'
import { autoscalerTold } from './autoscaler/autoscaler-told.js'
import { balancerTold } from './balancer/balancer-told.js'
import { cacheTold } from './cache/cache-told.js'
import { deploymentTold } from './deployment/deployment-told.js'
import { dnsTold } from './dns/dns-told.js'
import { fanoutTold } from './fanout/fanout-told.js'
import { firewallTold } from './firewall/firewall-told.js'
import { galeraTold } from './galera/galera-told.js'
import { groupTold } from './group-replication/group-told.js'
import { haproxyTold } from './haproxy/haproxy-told.js'
import { hotlineTold } from './hotline/hotline-told.js'
import { logsearchTold } from './logsearch/logsearch-told.js'
import { monitorTold } from './monitor/monitor-told.js'
import { mysqlTold } from './mysql/mysql-told.js'
import { nameserverTold } from './nameserver/nameserver-told.js'
import { nginxStreamTold } from './nginx/nginx-stream-told.js'
import { nginxTold } from './nginx/nginx-told.js'
import { postgresqlTold } from './postgresql/postgresql-told.js'
import { mariadbmonTold, mhaTold, orchestratorTold } from './promoter/promoter-told.js'
import { redisTold, sentinelTold } from './redis/redis-told.js'
import { serviceTold } from './service/service-told.js'
import type { AnyTelling } from './telling.js'
import { vipTold } from './vip/vip-told.js'

/**
 * What the components of each kind do, in words: apart from the kinds, since whoever runs a scenario needs no words.
 */
export const told: Readonly<Record<string, AnyTelling>> = {
  service: serviceTold,
  balancer: balancerTold,
  haproxy: haproxyTold,
  vip: vipTold,
  dns: dnsTold,
  nameserver: nameserverTold,
  firewall: firewallTold,
  nginx: nginxTold,
  nginx_stream: nginxStreamTold,
  fanout: fanoutTold,
  cache: cacheTold,
  redis: redisTold,
  sentinel: sentinelTold,
  app: appTold,
  apache: apacheTold,
  mysql: mysqlTold,
  postgresql: postgresqlTold,
  galera: galeraTold,
  group_replication: groupTold,
  orchestrator: orchestratorTold,
  mha: mhaTold,
  mariadbmon: mariadbmonTold,
  monitor: monitorTold,
  logsearch: logsearchTold,
  hotline: hotlineTold,
  autoscaler: autoscalerTold,
  deployment: deploymentTold,
} as Readonly<Record<string, unknown>> as Readonly<Record<string, AnyTelling>>

/** The letters of LAMP and LEMP: Apache, Nginx (engine x), MySQL, the program (PHP, Python, Perl). */
export type Letter = 'A' | 'E' | 'M' | 'P'

/** What a component of each kind is, by its options, in the stacks that people speak of. */
export const letters: Readonly<
  Record<string, (options: Readonly<Record<string, unknown>>) => readonly Letter[]>
> = {
  apache: ({ mpm }) => (mpm === 'event' ? ['A'] : ['A', 'P']),
  nginx: () => ['E'],
  app: () => ['P'],
  mysql: () => ['M'],
  galera: () => ['M'],
  group_replication: () => ['M'],
}

/** One drawing of lines for each kind of component, on 18 by 18; a kind without one gets a plain box. */
const ICONS: Readonly<Record<string, string>> = {
  users:
    'M6.5 8a2.5 2.5 0 1 0 0-5a2.5 2.5 0 0 0 0 5M1.5 15v-1a5 5 0 0 1 10 0v1M12 3.2a2.5 2.5 0 0 1 0 4.6M13 10.2a5 5 0 0 1 3.5 4.8',
  attackers: 'M9 2.5l7 12.5h-14zM9 7v4M9 13v.2',
  dns: 'M9 2a7 7 0 1 0 0 14a7 7 0 0 0 0-14M2 9h14M9 2c-4.5 4-4.5 10 0 14M9 2c4.5 4 4.5 10 0 14',
  firewall: 'M2 3.5h14v11h-14zM2 7.2h14M2 10.8h14M9 3.5v3.7M5.5 7.2v3.6M12.5 7.2v3.6M9 10.8v3.7',
  haproxy: 'M9 2v5M9 7l-5.5 5M9 7l5.5 5M9 7v6M1.5 12.5h4v3.5h-4zM7 12.5h4v3.5h-4zM12.5 12.5h4v3.5h-4z',
  balancer: 'M9 2v5M9 7l-5.5 5M9 7l5.5 5M9 7v6M1.5 12.5h4v3.5h-4zM7 12.5h4v3.5h-4zM12.5 12.5h4v3.5h-4z',
  vip: 'M9 2l7 7l-7 7l-7-7zM9 6v6M6 9h6',
  nginx: 'M9 1.5l6.5 3.75v7.5l-6.5 3.75l-6.5-3.75v-7.5zM6.5 12v-6l5 6v-6',
  app: 'M6 5l-4 4l4 4M12 5l4 4l-4 4M10.5 3l-3 12',
  mysql: 'M3 4.5c0-3 12-3 12 0c0 3-12 3-12 0v9c0 3 12 3 12 0v-9M3 9c0 3 12 3 12 0',
  cache: 'M10.5 1.5l-7 9h5l-1 6l7-9h-5z',
  monitor: 'M1.5 9.5h3.5l2-5.5l3.5 10l2-4.5h4',
  service: 'M2 6v6M5.5 6v6M13 5a4 4 0 1 0 0 8a4 4 0 0 0 0-8M2 9h7',
}

const PLAIN = 'M3 3.5h12v11h-12zM3 7.5h12'

/** What watches a box: an eye, on 12 by 8. */
export const EYE =
  'M.5 4c2.5-4.5 8.5-4.5 11 0c-2.5 4.5-8.5 4.5-11 0M6 2.4a1.6 1.6 0 1 0 0 3.2a1.6 1.6 0 0 0 0-3.2'

export const iconOf = (kind: string): string => ICONS[kind] ?? PLAIN

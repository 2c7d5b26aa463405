"""Four tiers, as bench/scenarios/four-tier.yaml has them: simpy_four_tier.py REQUESTS SCALE"""
import itertools
import math
import random
import sys
import time

import simpy

from simpy_common import answer

arrivals, services, choices = random.Random(1), random.Random(2), random.Random(3)
latencies = []
timeouts = 0


class Station:
    def __init__(self, env, workers, draw):
        self.env, self.draw = env, draw
        self.workers = simpy.Resource(env, workers)

    def serve(self):
        with self.workers.request() as worker:
            yield worker
            yield self.env.timeout(self.draw())


class Site:
    def __init__(self, env, scale):
        def exponential(mean):
            return lambda: services.expovariate(1 / mean)

        # The mean of a lognormal law is exp(mu + sigma^2 / 2).
        def lognormal():
            return services.lognormvariate(math.log(0.006) - 0.125, 0.5)

        webs = [Station(env, 4 * scale, exponential(0.003)) for _ in range(2)]
        apps = [Station(env, 8 * scale, lognormal) for _ in range(2)]
        self.webs = itertools.cycle([(web, itertools.cycle(apps)) for web in webs])
        self.primary = Station(env, 4 * scale, exponential(0.008))
        self.replica = Station(env, 8 * scale, exponential(0.003))

    def serve(self):
        web, apps = next(self.webs)
        yield from web.serve()
        yield from next(apps).serve()
        yield from (self.primary if choices.random() < 0.2 else self.replica).serve()


def visitor(env, site):
    global timeouts
    arrived = env.now
    request = env.process(site.serve())
    yield request | env.timeout(1)
    if request.triggered:
        latencies.append(env.now - arrived)
    else:
        timeouts += 1


def source(env, requests, scale):
    site = Site(env, scale)
    for _ in range(requests):
        yield env.timeout(arrivals.expovariate(1600 * scale))
        env.process(visitor(env, site))


before = time.process_time()
env = simpy.Environment()
env.process(source(env, int(sys.argv[1]), int(sys.argv[2])))
env.run()
answer(latencies, time.process_time() - before)

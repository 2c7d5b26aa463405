"""M/M/1 at rho = 0.8, as bench/scenarios/mm1.yaml has it: simpy_mm1.py CUSTOMERS"""
import random
import sys
import time

import simpy

from simpy_common import answer

arrivals, services = random.Random(1), random.Random(2)
latencies = []


def customer(env, server):
    arrived = env.now
    with server.request() as turn:
        yield turn
        yield env.timeout(services.expovariate(1000))
    latencies.append(env.now - arrived)


def source(env, customers):
    server = simpy.Resource(env, 1)
    for _ in range(customers):
        yield env.timeout(arrivals.expovariate(800))
        env.process(customer(env, server))


before = time.process_time()
env = simpy.Environment()
env.process(source(env, int(sys.argv[1])))
env.run()
answer(latencies, time.process_time() - before)

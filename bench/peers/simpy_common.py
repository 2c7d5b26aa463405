"""What the SimPy programs share: the report."""
import json


def answer(latencies, seconds):
    latencies.sort()
    count = len(latencies)
    print(json.dumps({
        'count': count,
        'cpu': seconds,
        'mean': sum(latencies) / count,
        'p50': latencies[count // 2],
        'p99': latencies[count * 99 // 100],
    }))

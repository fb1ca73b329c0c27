"""launch.py RESULT THREADS COMMAND...: runs a command on THREADS cores, and writes seconds and peak
memory (the largest process') to the file RESULT as JSON.

A process of its own, because Linux counts the memory of whoever starts a program as the program's,
until it has more itself: what starts them all must be small.
"""

import json
import os
import subprocess
import sys
import time

result, threads, *command = sys.argv[1:]
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(threads)])
start = time.perf_counter()
child = subprocess.Popen(command)
_, status, usage = os.wait4(child.pid, 0)
seconds = time.perf_counter() - start
with open(result, "w") as out:
    json.dump({"seconds": seconds, "peak_bytes": usage.ru_maxrss * 1024}, out)
sys.exit(abs(os.waitstatus_to_exitcode(status)))

"""What a manager of CPython does in a second, once it has run for a while: MODE [CLIENTS]. Prints a number."""

import sys
import time
from multiprocessing import Manager, Process

WARM_UP_SECONDS = 2.0
SECONDS = 2.0


def fill(d, index, seconds):
    deadline = time.perf_counter() + seconds
    count = 0
    while time.perf_counter() < deadline:
        d[index] = count
        count += 1
    return count


def measure(d, barrier, results, index):
    for seconds in (WARM_UP_SECONDS, SECONDS):
        barrier.wait()
        results[index] = fill(d, index, seconds)


def main():
    clients = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with Manager() as manager:
        d, results = manager.dict(), manager.dict()
        barrier = manager.Barrier(clients)
        children = [Process(target=measure, args=(d, barrier, results, i)) for i in range(clients)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        print(sum(results.values()) / SECONDS)


if __name__ == "__main__":
    main()

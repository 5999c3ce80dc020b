"""What a manager of CPython does in a second: MODE [CLIENTS]. Prints a number."""

import sys
import time
from multiprocessing import Manager, Process

SECONDS = 1.0


def fill(d, barrier, results, index):
    barrier.wait()
    deadline = time.perf_counter() + SECONDS
    count = 0
    while time.perf_counter() < deadline:
        d[index] = count
        count += 1
    results[index] = count


def main():
    clients = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with Manager() as manager:
        d, results = manager.dict(), manager.dict()
        barrier = manager.Barrier(clients)
        children = [Process(target=fill, args=(d, barrier, results, i)) for i in range(clients)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        print(sum(results.values()) / SECONDS)


if __name__ == "__main__":
    main()

"""Tasks a second of multiprocessing.Pool, and what fib took: WORKERS TASKS. Prints JSON."""
import json
import multiprocessing
import sys
import time

FIB = 27
FIBS = 40
CHUNKED = 100_000


def inc(x):
    return x + 1


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def rate(count, run):
    run()
    begin = time.perf_counter()
    run()
    return count / (time.perf_counter() - begin)


if __name__ == '__main__':
    tasks = int(sys.argv[2])
    with multiprocessing.Pool(int(sys.argv[1])) as pool:
        print(json.dumps({
            "tasks": rate(tasks, lambda: pool.map(inc, range(tasks), chunksize=1)),
            "fibs": rate(FIBS, lambda: pool.map(fib, [FIB] * FIBS, chunksize=1)),
            "chunked": rate(CHUNKED, lambda: pool.map(inc, range(CHUNKED))),
        }))

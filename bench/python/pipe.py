"""CPython's Pipe, for bench/pipe.mjs: pipe.py <work> prints one number, the median of 5 runs."""

import multiprocessing
import statistics
import sys
import time

MIB = 1 << 20
VALUE = {"id": 1, "s": "hello"}
COUNTS = {"round-trip-value": 2000, "round-trip-bytes": 2000, "value": 10_000, "mib": 40}


def methods(connection, work):
    if work.endswith("value"):
        return connection.send, connection.recv
    return connection.send_bytes, connection.recv_bytes


def peer(connection, work, count):
    send, recv = methods(connection, work)
    try:
        while True:
            if work.startswith("round"):
                send(recv())
            else:
                for _ in range(count):
                    recv()
                send(VALUE if work == "value" else b"done")
    except EOFError:
        pass


def main(work):
    count = COUNTS[work]
    message = VALUE if work.endswith("value") else bytes(MIB if work == "mib" else 16)
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe()
    process = context.Process(target=peer, args=(theirs, work, count), daemon=True)
    process.start()
    theirs.close()
    send, recv = methods(mine, work)

    def run():
        if work.startswith("round"):
            for _ in range(count):
                send(message)
                recv()
        else:
            for _ in range(count):
                send(message)
            recv()

    run()
    times = []
    for _ in range(5):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    seconds = statistics.median(times)
    if work.startswith("round"):
        print(seconds * 1e6 / count)
    elif work == "mib":
        print(count * MIB / 1e6 / seconds)
    else:
        print(count / seconds)
    process.terminate()


if __name__ == "__main__":
    main(sys.argv[1])

"""CPython's Listener and Client, for bench/connection.mjs: connection.py <work> <family> prints one number, the
median of 5 runs."""

import multiprocessing
import statistics
import sys
import time
from multiprocessing.connection import Client, Listener

MIB = 1 << 20
KEY = b"a key for benchmarks"
VALUE = {"id": 1, "s": "hello"}
COUNTS = {"round-trip-value": 2000, "round-trip-bytes": 2000, "mib": 40, "connect": 300}


def methods(connection, work):
    if work.endswith("value"):
        return connection.send, connection.recv
    return connection.send_bytes, connection.recv_bytes


def answer(connection, work, count):
    send, recv = methods(connection, work)
    try:
        while True:
            if work == "mib":
                for _ in range(count):
                    recv()
                send(b"done")
            else:
                send(recv())
    except EOFError:
        pass


def serve(pipe, work, family, count):
    with Listener(family=family, authkey=KEY, backlog=128) as listener:
        pipe.send(listener.address)
        while True:
            with listener.accept() as connection:
                if work != "connect":
                    answer(connection, work, count)
                    return


def main(work, family):
    count = COUNTS[work]
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, work, family, count), daemon=True)
    process.start()
    address = mine.recv()
    message = VALUE if work.endswith("value") else bytes(MIB if work == "mib" else 16)

    def connect_often():
        for _ in range(count):
            Client(address, authkey=KEY).close()

    def exchange():
        for _ in range(count):
            send(message)
            if work != "mib":
                recv()
        if work == "mib":
            recv()

    run = connect_often
    if work != "connect":
        send, recv = methods(Client(address, authkey=KEY), work)
        run = exchange
    run()
    times = []
    for _ in range(5):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    seconds = statistics.median(times)
    print(count * MIB / 1e6 / seconds if work == "mib" else seconds * 1e6 / count)
    process.terminate()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

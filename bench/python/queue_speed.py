"""CPython's queues, for bench/queue.mjs: queue_speed.py <class> <work> prints one number, the median of 5 runs."""

import multiprocessing
import statistics
import sys
import time

MIB = 1 << 20
COUNTS = {"value": 10_000, "mib": 40}


class PipeQueue:
    """A Pipe with the methods of a queue."""

    def __init__(self):
        self.reader, self.writer = context.Pipe(duplex=False)

    def get(self):
        return self.reader.recv()

    def put(self, item):
        self.writer.send(item)


context = multiprocessing.get_context("fork")
CLASSES = {"Queue": context.Queue, "SimpleQueue": context.SimpleQueue, "Pipe": PipeQueue}


def swallow(queue, answers, count):
    while True:
        for _ in range(count):
            queue.get()
        answers.put("done")


def main(name, work):
    queue, answers = CLASSES[name](), CLASSES[name]()
    count = COUNTS[work]
    message = {"id": 1, "s": "hello"} if work == "value" else b"x" * MIB
    process = context.Process(target=swallow, args=(queue, answers, count), daemon=True)
    process.start()

    def run():
        for _ in range(count):
            queue.put(message)
        answers.get()

    run()
    times = []
    for _ in range(5):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    seconds = statistics.median(times)
    print(count * MIB / 1e6 / seconds if work == "mib" else count / seconds)
    process.terminate()


if __name__ == "__main__":
    main(*sys.argv[1:])

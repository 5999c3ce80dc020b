"""Start -> first message -> join of one process, by multiprocessing: METHOD COUNT.

Prints milliseconds as a JSON list.
"""
import json
import multiprocessing
import sys
import time


def child(writer):
    writer.send(1)


def once(context):
    begin = time.perf_counter()
    reader, writer = context.Pipe(False)
    process = context.Process(target=child, args=(writer,))
    process.start()
    reader.recv()
    process.join()
    return (time.perf_counter() - begin) * 1000


if __name__ == '__main__':
    context = multiprocessing.get_context(sys.argv[1])
    once(context)
    print(json.dumps([once(context) for _ in range(int(sys.argv[2]))]))

"""Start -> first message -> join of one process, by multiprocessing: METHOD COUNT PAUSE.

Prints milliseconds to the first message, and to the end of the join, as JSON.
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
    message = (time.perf_counter() - begin) * 1000
    process.join()
    return {"message": message, "join": (time.perf_counter() - begin) * 1000}


if __name__ == '__main__':
    context = multiprocessing.get_context(sys.argv[1])
    once(context)
    times = []
    for _ in range(int(sys.argv[2])):
        time.sleep(int(sys.argv[3]) / 1000)
        times.append(once(context))
    print(json.dumps(times))

"""Locks, events, shared values and arrays of multiprocessing: WHAT COUNT. Prints nanoseconds each.

pair: acquire and release; increments: two processes add to a number under a lock; events: a round trip;
element, field: add to one of an array of doubles, or of a structure.
"""
import ctypes
import multiprocessing
import sys
import time

context = multiprocessing.get_context('fork')


def pair(count):
    lock = context.Lock()
    begin = time.perf_counter_ns()
    for _ in range(count):
        lock.acquire()
        lock.release()
    return (time.perf_counter_ns() - begin) / count


class Point(ctypes.Structure):
    _fields_ = [('x', ctypes.c_double), ('y', ctypes.c_double)]


def add_to_elements(array, count):
    begin = time.perf_counter_ns()
    for i in range(count):
        array[i & 1023] += 1
    return (time.perf_counter_ns() - begin) / count


def field(count):
    point = context.Value(Point, 0, 0)
    begin = time.perf_counter_ns()
    for _ in range(count):
        point.x += 1
    return (time.perf_counter_ns() - begin) / count


def add(lock, number, count):
    for _ in range(count):
        with lock:
            number.value += 1


def increments(count):
    lock = context.Lock()
    number = context.RawValue('i', 0)
    processes = [context.Process(target=add, args=(lock, number, count)) for _ in range(2)]
    begin = time.perf_counter_ns()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    if number.value != 2 * count:
        raise SystemExit(f'{number.value} instead of {2 * count}')
    return (time.perf_counter_ns() - begin) / (2 * count)


def answer(ping, pong, count):
    for _ in range(count):
        ping.wait()
        ping.clear()
        pong.set()


def events(count):
    ping, pong = context.Event(), context.Event()
    process = context.Process(target=answer, args=(ping, pong, count + 10))
    process.start()
    for i in range(count + 10):
        if i == 10:
            begin = time.perf_counter_ns()
        ping.set()
        pong.wait()
        pong.clear()
    elapsed = time.perf_counter_ns() - begin
    process.join()
    return elapsed / count


if __name__ == '__main__':
    measures = {
        'pair': pair,
        'increments': increments,
        'events': events,
        'element': lambda count: add_to_elements(context.Array('d', 1024), count),
        'raw element': lambda count: add_to_elements(context.RawArray('d', 1024), count),
        'field': field,
    }
    print(measures[sys.argv[1]](int(sys.argv[2])))

"""WORK SIZE MILLISECONDS: does the work for about so long, and prints how many microseconds it takes."""
import sys
import time
from multiprocessing.shared_memory import ShareableList, SharedMemory

work, size, for_ms = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
owned = []


def own(shm):
    owned.append(shm)
    return shm


def create():
    def run():
        shm = SharedMemory(create=True, size=size)
        shm.close()
        shm.unlink()

    return run


def createAndFill():
    ones = b'\1' * size

    def run():
        shm = SharedMemory(create=True, size=size)
        shm.buf[:] = ones
        shm.close()
        shm.unlink()

    return run


def attach():
    name = own(SharedMemory(create=True, size=size)).name
    return lambda: SharedMemory(name=name).close()


def get():
    items = ShareableList([1, 'text', 0.5])
    own(items.shm)
    return lambda: items[0]


def set():
    items = ShareableList([1, 'text', 0.5])
    own(items.shm)
    return lambda: items.__setitem__(0, 2)


run = globals()[work]()
run()
begin = time.perf_counter()
count = 0
while True:
    for _ in range(100):
        run()
    count += 100
    if (time.perf_counter() - begin) * 1000 >= for_ms:
        break
print((time.perf_counter() - begin) * 1e6 / count)
for shm in owned:
    shm.unlink()

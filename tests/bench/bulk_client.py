"""A client that stores arrays as fast as it can, from an address of its own."""

import http.client
import threading
from contextlib import contextmanager

ADDRESS = "127.0.0.2"  # Of this machine, as 127.0.0.1: but another client to the server.
CONNECTIONS = 4
ARRAY_SIZE = 1_000


@contextmanager
def bulk_load(port, data_set):
    """Stores arrays meanwhile. Gives a dictionary, which has the number of `rows` at the end."""
    is_over = threading.Event()
    done = {"rows": 0}
    lock = threading.Lock()

    def send(number):
        connection = http.client.HTTPConnection("127.0.0.1", port, source_address=(ADDRESS, 0))
        lines = (data_set.message(at, (number * ARRAY_SIZE + at) % data_set.conversations)
                 for at in range(ARRAY_SIZE))
        body = ("[" + ",".join(lines) + "]").encode()
        while not is_over.is_set():
            connection.request("POST", "/messages", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            if answer.status == 201:
                with lock:
                    done["rows"] += ARRAY_SIZE
            elif is_over.wait(0.1):
                break
        connection.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(CONNECTIONS)]
    for one in threads:
        one.start()
    try:
        yield done
    finally:
        is_over.set()
        for one in threads:
            one.join()

"""Clients that take what they can get, from an address of their own."""

import http.client
import threading
from contextlib import contextmanager

from data_set import client_id, conversation_id

ADDRESS = "127.0.0.2"  # Of this machine, as 127.0.0.1: but another client to the server.
CONNECTIONS = 4
ARRAY_SIZE = 1_000
READERS = 8


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

    with running([threading.Thread(target=send, args=(number,)) for number in range(CONNECTIONS)],
                 is_over):
        yield done


@contextmanager
def scanning_readers(port):
    """Reads the first conversation with a filter that no index serves, and that nothing fits.

    Gives a dictionary, which has the number of `scans` at the end.
    """
    is_over = threading.Event()
    done = {"scans": 0}
    lock = threading.Lock()
    path = f"/messages?conversationId={conversation_id(0)}&from={client_id(2**32)}&limit=50"

    def read():
        connection = http.client.HTTPConnection("127.0.0.1", port, source_address=(ADDRESS, 0))
        while not is_over.is_set():
            connection.request("GET", path)
            answer = connection.getresponse()
            assert answer.read() == b"[]" or answer.status == 503, answer.status
            with lock:
                done["scans"] += answer.status == 200
        connection.close()

    with running([threading.Thread(target=read) for _ in range(READERS)], is_over):
        yield done


@contextmanager
def running(threads, is_over):
    for one in threads:
        one.start()
    try:
        yield
    finally:
        is_over.set()
        for one in threads:
            one.join()

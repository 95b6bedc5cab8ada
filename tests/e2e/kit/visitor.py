"""A client that stores messages while servers come and go."""

import http.client
import json
import threading
import time

from kit.api import new_id


class Visitor(threading.Thread):
    """Sends messages over a connection that it keeps, each with an id of its own.

    A request whose connection breaks is sent once more, on a new one. What then still fails is in
    `refused`.
    """

    pause = 0.0  # Seconds before a request is sent again.

    def __init__(self, server, talk, is_over):
        super().__init__()
        self.server, self.talk, self.is_over = server, talk, is_over
        self.connection = None
        self.stored, self.refused, self.retries = [], [], 0

    def run(self):
        while not self.is_over.is_set():
            wanted = self.talk.message(id=new_id())
            outcome = self.attempt(wanted)
            if isinstance(outcome, Exception):
                self.retries += 1
                time.sleep(self.pause)
                outcome = self.attempt(wanted)
            if outcome == 201:
                self.stored.append(wanted["id"])
            else:
                self.refused.append(repr(outcome))

    def attempt(self, message):
        """The status of the answer, or the exception with which the connection broke."""
        try:
            return self.send(message)
        except (ConnectionError, http.client.HTTPException) as failure:
            self.connection = None
            return failure

    def send(self, message):
        if not self.connection:
            self.connection = http.client.HTTPConnection(
                self.server.host, self.server.port, timeout=30)
        self.connection.request("POST", "/messages", json.dumps(message),
                                {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.will_close:
            self.connection = None
        self.check_answer(body)
        return answer.status

    def check_answer(self, body):
        """Raises ConnectionError if the answer says that a connection behind it broke."""

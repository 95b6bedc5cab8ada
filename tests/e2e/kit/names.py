"""Names that mean what a test says, for a server that knows no other names."""

import random
import socket
import threading

QUESTION_AT = 12
TYPE_A = 1


class Names:
    """A DNS server on a loopback address of its own, for whoever is root.

    The first question for an IPv4 address gets the first of `addresses`, and so on; the last one
    stays. There are no IPv6 addresses.
    """

    def __init__(self, addresses, folder):
        self.addresses = list(addresses)
        self.asked = 0
        self.socket = socket.socket(type=socket.SOCK_DGRAM)
        host = f"127.{random.randint(64, 254)}.{random.randint(0, 254)}.{random.randint(1, 254)}"
        self.socket.bind((host, 53))
        self.configuration = folder / "resolv.conf"
        self.configuration.write_text(f"nameserver {host}\n")
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def launcher(self):
        """The environment of a program that resolves names here."""
        script = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
        return ("unshare", "--mount", "sh", "-c", script, self.configuration)

    def serve(self):
        while True:
            question, asker = self.socket.recvfrom(512)
            if not question:
                return
            self.socket.sendto(self.answer_to(question), asker)

    def answer_to(self, question):
        end = question.index(0, QUESTION_AT) + 5
        kind = int.from_bytes(question[end - 4:end - 2], "big")
        count = int(kind == TYPE_A)
        header = question[:2] + b"\x81\x80\0\1" + bytes([0, count]) + bytes(4)
        record = b""
        if count:
            address = self.addresses[min(self.asked, len(self.addresses) - 1)]
            self.asked += 1
            record = b"\xc0\x0c\0\1\0\1" + bytes(4) + b"\0\4" + socket.inet_aton(address)
        return header + question[QUESTION_AT:end] + record

    def close(self):
        with socket.socket(type=socket.SOCK_DGRAM) as last:
            last.sendto(b"", self.socket.getsockname())
        self.thread.join()
        self.socket.close()

"""Receives webhooks on this machine, and prints the texts of their messages.

Usage: receiver.py SECRET [PORT]
"""

import base64
import hashlib
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer


def is_ours(secret, headers, body):  # body: bytes
    key = base64.b64decode(secret.removeprefix("whsec_"))
    sent_at = headers["webhook-timestamp"]
    text = f"{headers['webhook-id']}.{sent_at}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    is_recent = abs(time.time() - int(sent_at)) < 300
    return is_recent and any(hmac.compare_digest(expected, signature)
                             for signature in headers["webhook-signature"].split())


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not is_ours(sys.argv[1], self.headers, body):
            self.send_error(401)
            return
        self.send_response(204)
        self.end_headers()
        print("received:", json.loads(body)["data"]["message"]["text"], flush=True)

    def log_message(self, *_):
        pass  # Only the messages are printed.


if __name__ == "__main__":
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 9000
    HTTPServer(("127.0.0.1", port), Receiver).serve_forever()

"""A page in a real browser, which tells what happened to it."""

import json
import shutil
import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from kit.wait import eventually

BROWSER = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
           "--no-first-run"]

# Sequential, because two concurrent requests may arrive in either order.
TELL = """
let telling = Promise.resolve();
const tell = what => telling = telling.then(
    () => fetch('/told', {method: 'POST', body: JSON.stringify(what)}));
"""


class Visitor:
    """A person with a browser, which keeps what it has seen. Each visit starts the browser anew."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="botapi-e2e-browser-")

    def __enter__(self):
        return self

    def visit(self, url):
        """What the page at `url` has become when its scripts have run, as HTML."""
        shown = subprocess.run(
            [*BROWSER, f"--user-data-dir={self.folder}", "--virtual-time-budget=5000", "--dump-dom",
             url],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True,
            timeout=120)
        return shown.stdout.decode()

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)


class Page:
    """A page whose script is run by Chromium. Calling `tell(...)` in it appends to `told`."""

    def __init__(self, script):
        reply, html = [], f"<!doctype html><title>test</title><script>{TELL}{script}</script>"

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # pylint: disable=invalid-name
                self.answer(html.encode())

            def do_POST(self):  # pylint: disable=invalid-name
                reply.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.answer(b"")

            def answer(self, body):
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass

        self.reply = reply
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.folder = tempfile.mkdtemp(prefix="botapi-e2e-browser-")
        self.browser = None

    def __enter__(self):
        return self

    def open(self):
        """Starts the browser. With a debugging port, it runs until it is closed."""
        self.browser = subprocess.Popen(
            [*BROWSER, "--remote-debugging-port=0", f"--user-data-dir={self.folder}", self.origin],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def until(self, is_true, what):
        eventually(lambda: is_true(self.reply), f"{what}, but only {self.reply}", seconds=60)

    def __exit__(self, *_):
        if self.browser:
            self.browser.terminate()
            self.browser.wait(20)
        self.http.shutdown()
        self.http.server_close()
        shutil.rmtree(self.folder, ignore_errors=True)

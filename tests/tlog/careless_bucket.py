"""A service with buckets that takes every write, whatever its conditions say, over HTTP on this machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@contextmanager
def careless_service() -> Iterator[str]:
    """Its address, until the block ends."""
    objects: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            objects[self.path] = body
            self._answer(200, b"", body)

        def do_GET(self) -> None:
            body = objects.get(self.path)
            self._answer(404 if body is None else 200, body or b"", body or b"")

        def do_DELETE(self) -> None:
            objects.pop(self.path, None)
            self._answer(204, b"", b"")

        def _answer(self, status: int, body: bytes, tagged: bytes) -> None:
            self.send_response(status)
            self.send_header("ETag", f'"{hashlib.md5(tagged).hexdigest()}"')
            self.send_header("Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

"""Five systems with fixed latencies, for measuring: ``python -m tests.bench.sources PORT``.

Each answers ``/<system>/items?ids=a,b``, ``/<system>/posts``, ``/<system>/members?ids=…`` after its
latency and counts its calls; ``/calls`` tells and ``/reset`` clears the counts. HTTP/1.1 with
keep-alive, so that the cost of a connection is not measured by accident.
"""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

LATENCY_S = {"dam": 0.040, "pim": 0.060, "social": 0.090, "help": 0.030, "crm": 0.025}
TEXT = "Rooms with a view of the bay, a pool under pine trees and breakfast until noon. " * 20

_calls = dict.fromkeys(LATENCY_S, 0)
_lock = threading.Lock()


def _picture(number: str) -> dict:
    address = f"https://pictures.example/{number}.jpg"
    return {
        "id": number,
        "title": f"Picture {number}",
        "alt": TEXT[:300],
        "url": address,
        "w": 1600,
        "h": 1000,
    }


def _product(number: str) -> dict:
    return {
        "id": number,
        "title": f"Service {number}",
        "text": TEXT[:1200],
        "price": "49.00",
        "currency": "EUR",
    }


def _post(number: str) -> dict:
    return {"id": number, "text": TEXT[:900], "author": "Meridian", "at": "2026-11-20T10:00:00Z"}


def _article(number: str) -> dict:
    return {"id": number, "title": f"Article {number}", "text": TEXT, "at": "2026-11-01T10:00:00Z"}


def _member(number: str) -> dict:
    return {"id": number, "number": number, "name": f"Guest {number}", "tier": "gold", "points": 1200}


RECORD = {"dam": _picture, "pim": _product, "social": _post, "help": _article, "crm": _member}


class Sources(BaseHTTPRequestHandler):
    """Answers after the latency of the system that is asked."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # One write for head and body: no delay by Nagle's algorithm.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path == "/calls":
            self._answer(dict(_calls))
        elif address.path == "/reset":
            with _lock:
                _calls.update(dict.fromkeys(_calls, 0))
            self._answer({})
        else:
            self._system(address.path.split("/")[1], parse_qs(address.query))

    def _system(self, name: str, query: dict[str, list[str]]) -> None:
        with _lock:
            _calls[name] += 1
        time.sleep(LATENCY_S[name])
        ids = query.get("ids", ["1,2,3,4,5"])[0].split(",")
        self._answer({"items": [RECORD[name](number) for number in ids]})

    def _answer(self, data: dict) -> None:
        body = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet: a line for each call would be measured too."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512


if __name__ == "__main__":
    _Server(("127.0.0.1", int(sys.argv[1])), Sources).serve_forever()

"""Ends connections that ask for nothing: each holds a thread and worlds."""

import contextlib
import threading
import time


class _Connection:
    def __init__(self, context):
        self.context = context
        self.since = time.monotonic()  # of the last answer; None while one is worked out

    @contextlib.contextmanager
    def busy(self):
        self.since = None
        try:
            yield
        finally:
            self.since = time.monotonic()


class IdleWatch:
    def __init__(self, seconds):
        self._seconds = seconds
        self._connections = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._run, daemon=True).start()

    @contextlib.contextmanager
    def watching(self, context):
        connection = _Connection(context)
        with self._lock:
            self._connections.add(connection)
        try:
            yield connection
        finally:
            with self._lock:
                self._connections.discard(connection)

    def _run(self):
        while True:
            time.sleep(min(1, self._seconds / 4))
            now = time.monotonic()
            with self._lock:
                connections = list(self._connections)
            for connection in connections:
                since = connection.since
                if since is not None and now - since > self._seconds:
                    connection.context.cancel()

"""A relay in front of the database that hangs at will, as a pool or a network's device may."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Relay:
    """Hands on what it gets, until it hangs: then it takes what is sent to the connections it has, and keeps it."""

    port: int
    _target: tuple[str, int]
    _hung: set[socket.socket] = field(default_factory=set)
    _open: set[socket.socket] = field(default_factory=set)

    def hang(self) -> None:
        """Let no word through any more on the connections there are. The system goes on acknowledging them."""
        self._hung |= self._open

    def _serve(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(self._target)
                self._open |= {client, server}
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._hand_on, args=(source, sink), daemon=True).start()

    def _hand_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while words := source.recv(65536):
                if source not in self._hung:
                    sink.sendall(words)
        if source not in self._hung:
            sink.close()


@contextmanager
def relay_to(host: str, port: int) -> Iterator[Relay]:
    """A relay on a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay = Relay(listener.getsockname()[1], (host, port))
        threading.Thread(target=relay._serve, args=(listener,), daemon=True).start()
        try:
            yield relay
        finally:
            for each in relay._open:
                each.close()

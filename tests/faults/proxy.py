"""A line to PostgreSQL that breaks: cut after a random byte, or when a commit's reply comes.

The last is the one that finds double charges: the server has done it, the client does not know.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re

from scene import Counters

CUTS = ("up", "down", "reply")
"""Cut on the way to the server, on the way back, and instead of the reply to a commit."""
_PREPARES = re.compile(rb"(_pg3_\d+)\0\s*WITH batch AS")
"""A batch in one statement is a transaction of its own; sent once as text, then by its name."""


class _Commits:
    """Tells which bytes on the way to the server carry a commit."""

    def __init__(self) -> None:
        self._names: set[bytes] = set()

    def are_in(self, data: bytes) -> bool:
        """Return whether ``data`` asks for a commit; it is called for all data, in order."""
        self._names.update(_PREPARES.findall(data))
        named = any(b"\0" + name + b"\0" in data for name in self._names)
        return named or b"COMMIT" in data


def serve(socket_path: str, seed: int, port_to: int, counted: Counters) -> None:
    """Serve for ever on a free port, which is written to the descriptor ``port_to``."""
    asyncio.run(_serve(socket_path, random.Random(seed), port_to, counted))


async def _serve(path: str, dice: random.Random, port_to: int, counted: Counters) -> None:
    async def line(client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        try:
            server, to_server = await asyncio.open_unix_connection(path)
        except OSError:
            to_client.close()
            return
        how = dice.choice((*CUTS, "reply"))
        left = {name: dice.randint(200, 60_000) if name == how else -1 for name in ("up", "down")}
        commits = dice.randint(1, 8) if how == "reply" else -1
        waiting = False
        asks = _Commits()

        async def pump(
            name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            nonlocal commits, waiting
            while data := await reader.read(65_536):
                if name == "up" and asks.are_in(data):
                    commits -= 1
                    waiting = commits == 0
                if name == "down" and waiting:
                    counted.add("reply")
                    return
                if 0 <= left[name] <= len(data):
                    writer.write(data[: left[name]])
                    counted.add(name)
                    return
                left[name] -= len(data) if left[name] > 0 else 0
                writer.write(data)
                await writer.drain()

        pumps = [
            asyncio.ensure_future(pump("up", client, to_server)),
            asyncio.ensure_future(pump("down", server, to_client)),
        ]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for task in pumps:
            task.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        for writer in (to_client, to_server):
            with contextlib.suppress(OSError):
                writer.transport.abort() if writer is to_client else writer.close()

    listening = await asyncio.start_server(line, "127.0.0.1", 0)
    os.write(port_to, f"{listening.sockets[0].getsockname()[1]}\n".encode())
    async with listening:
        await listening.serve_forever()

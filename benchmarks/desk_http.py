"""Ask a desk that is served as fast as leads come in, not as fast as it answers.

Open loop: leads arrive at random moments of a Poisson process, whether or not those before were answered, and each is timed from the
moment at which it should have been sent. So a desk that stands still for a second costs what it costs its callers. The time that the
disk takes to sync is beside it.

    python benchmarks/desk_http.py PLAN --rates 50 100 300 1000 --seconds 20

starts `rightful serve PLAN` on a ledger of its own, and ends it. PLAN was run before. CPU is that of the server, in cores.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from desk_inside import leads_of, sync_milliseconds
from rightful.runs.run import Run

CONNECTIONS = 128
WARM_SECONDS = 3
MOST_LEADS = 20_000


@dataclass(frozen=True)
class Measured:
    """What came of one rate."""

    rate: float
    seconds: list[float]
    refused: int
    failed: int
    cpu_share: float

    def row(self) -> str:
        ordered = sorted(self.seconds) or [0.0]
        shown = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 for share in (0.5, 0.99, 0.999)]
        figures = " | ".join(f"{each:9.1f}" for each in (*shown, ordered[-1] * 1000))
        return f"| {self.rate:6g} | {len(self.seconds):7,} | {self.refused:7,} | {self.failed:6,} | {figures} | {self.cpu_share:5.0%} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--run", type=Path, help="the run whose book is used; by default the plan's newest")
    parser.add_argument("--rates", type=float, nargs="+", default=[50, 100, 300, 1000])
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    run = Run.open(given.run) if given.run else Run.latest(given.plan)
    leads = [
        {name: value for name, value in each.record.items() if value}
        for each in itertools.islice(leads_of(run), MOST_LEADS)
    ]
    with tempfile.TemporaryDirectory(dir=given.plan) as folder:  # the disk on which a ledger would be
        syncs = sorted(sync_milliseconds(Path(folder)))
        print(f"sync of 4 kB: p50 {syncs[len(syncs) // 2]:.2f} ms, p99 {syncs[int(len(syncs) * 0.99)]:.2f} ms")
        with serving(given.plan, run, Path(folder) / "ledger.sqlite") as (server, port, key, ready):
            size, spent = server.memory_info().rss / 1e9, sum(server.cpu_times()[:2])
            print(f"ready after {ready:.1f} s ({spent:.1f} s CPU) with {size:.2f} GB")
            print("| leads/s | answers | refused | failed |   p50 ms |    p99 ms |  p99.9 ms |    max ms |  CPU |")
            print("|---|---|---|---|---|---|---|---|---|")
            asyncio.run(load(port, key, leads, 20, WARM_SECONDS, server))
            for rate in given.rates:
                print(asyncio.run(load(port, key, leads, rate, given.seconds, server)).row(), flush=True)
            print(f"memory at the end {server.memory_info().rss / 1e9:.2f} GB")


@contextlib.contextmanager
def serving(plan: Path, run: Run, ledger: Path) -> Iterator[tuple[psutil.Process, int, str, float]]:
    """Serve a plan on a new ledger; give the process, its port, the first key, and how long it took to be ready."""
    rightful = shutil.which("rightful", path=str(Path(sys.executable).parent)) or "rightful"
    command = [rightful, "serve", str(plan), "--run", str(run.folder), "--port", "0"]
    command += ["--ledger", f"sqlite:///{ledger}", "--rate", "100000"]
    started = time.perf_counter()
    with (
        (ledger.parent / "log").open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        assert process.stdout
        key = process.stdout.readline().split()[-1]
        port = int(process.stdout.readline().split("http://127.0.0.1:")[1].split()[0])
        while not is_ready(port):
            time.sleep(0.02)
        yield psutil.Process(process.pid), port, key, time.perf_counter() - started
        process.terminate()


def is_ready(port: int) -> bool:
    async def asked() -> bool:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /readyz HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n")
        line = await reader.readline()
        writer.close()
        return b" 200 " in line

    try:
        return asyncio.run(asked())
    except OSError:
        return False


async def load(
    port: int, key: str, leads: Sequence[dict[str, str]], rate: float, seconds: float, server: psutil.Process
) -> Measured:
    """Send leads at a rate for a while; give how long each took from the moment at which it should have been sent."""
    dice = random.Random(int(rate))
    run = f"{rate:g}-{time.time_ns()}"
    idle: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.LifoQueue()
    for _ in range(CONNECTIONS):
        idle.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    measured = Measured(rate, [], 0, 0, 0.0)
    refused = failed = 0

    async def one(number: int, due: float) -> None:
        nonlocal refused, failed
        lead = {**leads[number % len(leads)], "lead_id": f"{run}-{number}"}
        connection = await idle.get()
        try:
            status = await ask(*connection, key, f"{run}-{number}", json.dumps(lead).encode())
        except (OSError, asyncio.IncompleteReadError):
            failed += 1
            idle.put_nowait(await asyncio.open_connection("127.0.0.1", port))
            return
        idle.put_nowait(connection)
        if status == 200:
            measured.seconds.append(time.perf_counter() - due)
        elif status == 429:
            refused += 1
        else:
            failed += 1

    before, begun = sum(server.cpu_times()[:2]), time.perf_counter()
    due, number, tasks = begun, 0, []
    while (due := due + dice.expovariate(rate)) < begun + seconds:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(number, due)))
        number += 1
    await asyncio.gather(*tasks)
    passed = time.perf_counter() - begun
    while not idle.empty():
        idle.get_nowait()[1].close()
    return Measured(rate, measured.seconds, refused, failed, (sum(server.cpu_times()[:2]) - before) / passed)


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, key: str, name: str, body: bytes) -> int:
    """Send one lead over a connection that stays open; give the status of the answer."""
    head = (
        f"POST /v1/leads HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer {key}\r\nIdempotency-Key: {name}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answered = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(answered.split(b"content-length: ")[1].split(b"\r\n")[0])
    await reader.readexactly(length)
    return int(answered.split(b" ", 2)[1])


if __name__ == "__main__":
    main()

"""What a server does beside answering: fire timers, deliver messages, put a changed plan in force, drop what is old."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rightful.api.reload import Reloaded, Reloader
from rightful.api.service import Service

__all__ = ["Background"]

_SHORTEST_WAIT = 0.02
_WAIT = 0.25
_AFTER_FAILURE = 1.0
_HOUR = 3_600.0


class Background:
    """Threads that work until they are stopped; a failure is logged and counted, and the work goes on.

    Args:
        service: The desk as it is served.
        reloader: Loads the plan.
    """

    def __init__(self, service: Service, reloader: Reloader) -> None:
        self._service, self._reloader = service, reloader
        self._stopped, self._asked = threading.Event(), threading.Event()
        works = {"timers": self._fire, "outbox": self._deliver, "plan": self._look, "retention": self._retain}
        self._threads = [
            threading.Thread(target=self._work, args=(name, each), name=name, daemon=True)
            for name, each in works.items()
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is under way, and end."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def ask_for_reload(self) -> None:
        """Have the plan loaded soon, changed or not."""
        self._asked.set()

    def _work(self, name: str, step: Callable[[], float]) -> None:
        wait = 0.0
        while not self._stopped.wait(wait):
            try:
                wait = max(step(), _SHORTEST_WAIT)
            except Exception as error:  # noqa: BLE001 - the outermost loop of a thread that has to live
                self._service.log.fail("background_failed", error, work=name)
                self._service.metrics.failed(name)
                wait = _AFTER_FAILURE

    def _fire(self) -> float:
        self._service.desk.tick()
        return min(self._service.desk.next_due_seconds(), 1.0)

    def _deliver(self) -> float:
        return 0.0 if self._service.desk.deliver_due() else _WAIT

    def _retain(self) -> float:
        self._service.desk.retain()
        return _HOUR

    def _look(self) -> float:
        is_asked = self._asked.is_set()
        self._asked.clear()
        done = self._reloader.reload() if is_asked else self._reloader.reload_if_changed()
        if done is not None:
            self._tell(done)
        return _WAIT

    def _tell(self, done: Reloaded) -> None:
        if done.error is None:
            self._service.log.tell("plan_loaded", plan_version=done.version, is_changed=done.is_changed)
            return
        places = ", ".join(str(each.place) for each in done.error.mistakes[:5] if each.place)
        self._service.log.tell(
            "plan_refused", mistakes=len(done.error.mistakes), places=places, plan_version=done.version
        )

"""A service with pyctuator and slow health checks: health_peer.py FRAMEWORK PORT CHECKS MILLISECONDS.

FRAMEWORK is fastapi or flask. /runs says how often a check ran.
"""

import logging
import sys
import time
from dataclasses import dataclass

from pyctuator.health.health_provider import HealthDetails, HealthProvider, HealthStatus, Status
from pyctuator.pyctuator import Pyctuator

RUNS = []  # append is atomic


@dataclass
class Slept(HealthDetails):
    milliseconds: int


class Slow(HealthProvider):
    def __init__(self, name: str, milliseconds: int) -> None:
        self.name = name
        self.milliseconds = milliseconds

    def is_supported(self) -> bool:
        return True

    def get_name(self) -> str:
        return self.name

    def get_health(self) -> HealthStatus:
        RUNS.append(None)
        time.sleep(self.milliseconds / 1000)
        return HealthStatus(Status.UP, Slept(self.milliseconds))


def runs() -> str:
    return str(len(RUNS))


def main(framework: str, port: int, checks: int, milliseconds: int) -> None:
    # Neither logs the requests.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    if framework == "fastapi":
        import fastapi.responses
        import uvicorn

        app = fastapi.FastAPI()
        app.get("/runs", response_class=fastapi.responses.PlainTextResponse)(runs)
        serve = lambda: uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
    else:
        import flask

        app = flask.Flask("health-peer")
        app.get("/runs")(runs)
        serve = lambda: app.run(host="127.0.0.1", port=port, threaded=True)
    pyctuator = Pyctuator(
        app,
        "health-peer",
        app_url=f"http://127.0.0.1:{port}",
        pyctuator_endpoint_url=f"http://127.0.0.1:{port}/actuator",
        registration_url=None,
    )
    # Its own check of the disk needs psutil, which is not installed: only these are asked.
    for number in range(checks):
        pyctuator.register_health_provider(Slow(f"check{number}", milliseconds))
    serve()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))

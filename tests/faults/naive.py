"""The losing control: enqueue, then answer 200, as most bots do. Kept so that the drill is proven able to see a loss.

`python -m tests.faults.naive web PORT REDIS_URL` takes updates in; `… worker REDIS_URL FILE` writes them down.
"""

import json
import sqlite3
import sys
from pathlib import Path

from aiohttp import web
from redis import Redis
from rq import Queue, Retry
from rq.serializers import JSONSerializer
from rq.worker import SimpleWorker


def keep(update_id: int, file: str) -> None:
    """Writes an update down; the job of the control."""
    with sqlite3.connect(file, timeout=10) as database:
        database.execute("create table if not exists kept (update_id integer primary key)")
        database.execute("insert or ignore into kept values (?)", (update_id,))
    database.close()


def kept(file: Path) -> set[int]:
    """Reads what was written down."""
    with sqlite3.connect(file, timeout=10) as database:
        database.execute("create table if not exists kept (update_id integer primary key)")
        found = {int(row[0]) for row in database.execute("select update_id from kept")}
    database.close()
    return found


def queue(redis_url: str) -> Queue:
    """Gives the control's queue."""
    return Queue("naive", connection=Redis.from_url(redis_url), serializer=JSONSerializer)


def serve(port: int, redis_url: str, file: str) -> None:
    """Takes updates in: the queue first, then 200."""
    waiting = queue(redis_url)

    async def on_update(request: web.Request) -> web.Response:
        update = json.loads(await request.read())
        waiting.enqueue_call("tests.faults.naive.keep", args=(update["update_id"], file), retry=Retry(max=3))
        return web.Response(status=200)

    app = web.Application()
    app.router.add_post("/hook", on_update)
    web.run_app(app, host="127.0.0.1", port=port, print=None)


def work(redis_url: str) -> None:
    """Performs jobs until it is ended."""
    waiting = queue(redis_url)
    SimpleWorker([waiting], connection=waiting.connection, serializer=JSONSerializer).work(logging_level="ERROR")


if __name__ == "__main__":
    if sys.argv[1] == "web":
        serve(int(sys.argv[2]), sys.argv[3], sys.argv[4])
    else:
        work(sys.argv[2])

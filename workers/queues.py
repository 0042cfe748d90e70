"""The only place that knows rq: two queues, how jobs are handed to them, and how abandoned ones come back.

Redis is a hint. A job carries numbers of rows, in JSON; the rows in the database say whether it is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Retry, Worker
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer
from rq.worker import SimpleWorker

PLACE, NOTIFY = "place", "notify"
QUEUES = (PLACE, NOTIFY)
"""One queue a worker process: with two, a kill at dequeue leaves a job nowhere (measured)."""
JOB_TIMEOUT_S = 60
WORKER_TTL_S = 30
PATIENCE_S = 2
"""How long Redis may take to answer before the rows are performed without it."""
AHEAD = 4
"""How many batches wait for each worker at most: what is urgent and comes later stands behind no more than these,
and no lease runs out in the queue."""
QueueDown = RedisError


def connect(url: str, *, waits: bool = False) -> Redis:
    """Connects with short time-outs: a hint is not worth waiting for. Only a worker `waits` for its next job."""
    return Redis.from_url(url, socket_connect_timeout=1, socket_timeout=WORKER_TTL_S + 15 if waits else PATIENCE_S)


@dataclass(frozen=True, slots=True)
class Queues:
    """Both queues over one connection."""

    connection: Redis

    def hand(self, verb: str, ids: Sequence[int], *, first: bool = False) -> None:
        """Enqueues one batch under a fresh job id; raises `QueueDown`."""
        queue = self._queue(NOTIFY if verb == "notify" else PLACE)
        queue.enqueue_call(
            "workers.jobs.perform",
            args=(verb, list(ids)),
            timeout=JOB_TIMEOUT_S,
            result_ttl=0,
            failure_ttl=3600,
            retry=Retry(max=3, interval=[1, 5, 15]),
            at_front=first,
        )

    def waiting(self, name: str) -> int:
        """Counts the jobs that no worker has taken yet."""
        return int(self._queue(name).count)

    def full(self, name: str) -> bool:
        """Tells whether its workers have enough before them for the next seconds."""
        n_workers = Worker.count(connection=self.connection, queue=self._queue(name))
        return self.waiting(name) >= AHEAD * max(1, n_workers)

    def knows_nothing(self, name: str) -> bool:
        """Tells whether no job waits, is being fetched or performed: what was handed over is done or lost."""
        queue = self._queue(name)
        started = StartedJobRegistry(queue=queue, serializer=JSONSerializer).get_job_count(cleanup=False)
        return queue.count == 0 and started == 0 and queue.intermediate_queue.get_job_ids() == []

    def clean(self) -> None:
        """Brings back the jobs of killed workers; without it they stay "started" for minutes (measured)."""
        for name in QUEUES:
            StartedJobRegistry(name, connection=self.connection, serializer=JSONSerializer).cleanup()

    def worker(self, name: str) -> SimpleWorker:
        """Makes a worker of one queue that performs jobs in its own process, without forking."""
        return SimpleWorker(
            [self._queue(name)],
            connection=self.connection,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL_S,
            maintenance_interval=60,
        )

    def _queue(self, name: str) -> Queue:
        return Queue(name, connection=self.connection, serializer=JSONSerializer)

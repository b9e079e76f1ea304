"""Due work on PostgreSQL, spread over hosts by procrastinate.

Triggers defer a job in the very transaction that queues an effect or moves a timer, whoever writes
the row. A job says only that something is due: the worker then claims from the outbox, under a
lease. So a job that is lost, doubled or left over does no harm; a sweep asks again every few
seconds and takes up what a killed worker held once its lease has ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pst_core.desk import Worker
from pst_core.refusal import StorageError
from pst_core.text import Text

from .inprocess import Tell, silent, timers

if TYPE_CHECKING:
    import procrastinate

__all__ = ["QUEUE", "install", "work_on_postgres"]

_log = logging.getLogger(__name__)

QUEUE = "pst"
SWEEP = 15
"""Seconds between two sweeps of all hosts together; must divide 60."""
_LOCK = 0x505356  # advisory lock of the installation; the ones below it are those of the store

# A transaction that queues effects never waits for another here: no queueing lock, one job a row.
_TRIGGERS = f"""
CREATE OR REPLACE FUNCTION pst_wake_worker() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE micros bigint; task text;
BEGIN
  IF TG_TABLE_NAME = 'pst_effects' THEN
    micros := NEW.lease_until; task := 'pst.effect';
  ELSE
    micros := NEW.wake; task := 'pst.timers';
  END IF;
  PERFORM procrastinate_defer_jobs_v1(ARRAY[
    ROW('{QUEUE}', task, 0, NULL, NULL, '{{}}', to_timestamp(micros / 1000000.0))
    ::procrastinate_job_to_defer_v1]);
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER pst_effect_queued AFTER INSERT OR UPDATE OF status ON pst_effects
  FOR EACH ROW WHEN (NEW.status = 'queued') EXECUTE FUNCTION pst_wake_worker();
CREATE OR REPLACE TRIGGER pst_timer_set AFTER INSERT ON pst_register
  FOR EACH ROW WHEN (NEW.wake IS NOT NULL) EXECUTE FUNCTION pst_wake_worker();
CREATE OR REPLACE TRIGGER pst_timer_moved AFTER UPDATE ON pst_register
  FOR EACH ROW WHEN (NEW.wake IS DISTINCT FROM OLD.wake AND NEW.wake IS NOT NULL)
  EXECUTE FUNCTION pst_wake_worker();
"""


def install(url: str) -> None:
    """Make procrastinate's tables if there are none, and the triggers; harmless when repeated.

    The store's own tables must be there (open a ``SqlStore`` first). A host that has procrastinate
    in this database already keeps its tables and its other queues.
    """
    _require()
    import procrastinate
    import psycopg

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=_plain(url)))
    with _ours(), psycopg.connect(_plain(url)) as connection:
        connection.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
        known = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
        if known == (None,):
            connection.execute(app.schema_manager.get_schema().encode())
        connection.execute(_TRIGGERS.encode())


def work_on_postgres(
    worker: Worker,
    url: str,
    *,
    concurrency: int = 1,
    sweep: int = SWEEP,
    wait: bool = True,
    tell: Tell = silent,
) -> None:
    """Carry out effects and timers of the store at ``url`` until SIGTERM or SIGINT.

    ``concurrency``: effects at the same time in this process. ``sweep``: seconds between sweeps,
    a divisor of 60; a killed worker is replaced at the first sweep after its lease. ``wait``: if
    false, return when no job is left. Raises ``StorageError`` if the database cannot be reached.
    """
    _require()
    with _ours():
        asyncio.run(_work(worker, url, concurrency, sweep, wait, tell))


async def _work(
    worker: Worker, url: str, concurrency: int, sweep: int, wait: bool, tell: Tell
) -> None:
    app = _app(worker, url, sweep, tell)
    lease = worker.lease.total_seconds()
    async with app.open_async():
        await app.run_worker_async(
            queues=[QUEUE],
            name=worker.name,
            concurrency=concurrency,
            wait=wait,
            fetch_job_polling_interval=min(5.0, sweep),
            update_heartbeat_interval=min(10.0, lease / 3),
            delete_jobs="successful",
        )


def _app(worker: Worker, url: str, sweep: int, tell: Tell) -> procrastinate.App:
    import procrastinate

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=_plain(url)))
    again = procrastinate.RetryStrategy(max_attempts=5, exponential_wait=2)

    def work(limit: int) -> None:
        for one in worker.work_off(limit):
            tell(one)

    @app.task(name="pst.effect", queue=QUEUE, retry=again)
    async def effect() -> None:
        await asyncio.to_thread(work, 1)

    @app.task(name="pst.timers", queue=QUEUE, retry=again)
    async def due_timers() -> None:
        await asyncio.to_thread(timers, worker)

    @app.periodic(cron=f"* * * * * */{sweep}")
    @app.task(name="pst.sweep", queue=QUEUE)
    async def sweeping(timestamp: int) -> None:  # noqa: ARG001 - given by procrastinate
        await asyncio.to_thread(timers, worker)
        await asyncio.to_thread(work, 100)
        await _take_up_stalled(app, worker.lease)

    return app


async def _take_up_stalled(app: procrastinate.App, lease: dt.timedelta) -> None:
    """Queue the jobs of killed workers again: what they stood for may still be due."""
    silence = lease.total_seconds()
    for job in await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=silence):
        _log.warning("job %s (%s) is taken up again: its worker is gone", job.id, job.task_name)
        await app.job_manager.retry_job(job)


def _plain(url: str) -> str:
    """Return the address as psycopg wants it, without SQLAlchemy's name of the driver."""
    return url.replace("postgresql+psycopg:", "postgresql:", 1)


def _require() -> None:
    try:
        import procrastinate  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise StorageError(
            "no-procrastinate",
            Text(id="procrastinate belum terpasang.", en="procrastinate is not installed."),
            remedy=Text(
                id="Pasang dengan: pip install 'pst-core[workers]'.",
                en="Install it: pip install 'pst-core[workers]'.",
            ),
        ) from error


@contextlib.contextmanager
def _ours() -> Iterator[None]:
    """Turn what psycopg and procrastinate raise into our errors."""
    import procrastinate
    import psycopg

    try:
        yield
    except (psycopg.Error, procrastinate.exceptions.ProcrastinateException) as error:
        said = " ".join(str(error).split())
        raise StorageError(
            "workers-failed",
            Text(id=f"Pekerja terhenti: {said}.", en=f"The worker stopped: {said}."),
            remedy=Text(
                id="Periksa server basis data, lalu jalankan lagi: yang belum selesai dikerjakan "
                "setelah masa sewanya habis.",
                en="Check the database server and start again: what was not finished is done "
                "after its lease.",
            ),
        ) from error

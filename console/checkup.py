"""What `whistle doctor` looks at, one function a thing. Each says what is and, for a fault, one thing to do.

Nothing is repaired here. What only runs while the service runs (the embedded Valkey, our gateway) is no fault when
it is not there.
"""

import asyncio
import shutil
from collections.abc import Callable
from urllib.parse import urlsplit

import aiohttp
import redis.asyncio as aioredis
from obstore.exceptions import BaseError
from redis.exceptions import RedisError

import wiring
from actions.city import open_index
from actions.photos import open_photos
from actions.ports import Store
from config.fonts import path as font_path
from config.logging import scrub, set_up_logging
from config.seed.read import SeedFault
from config.settings import Settings
from console.finding import Check, Finding, Findings, Grade
from console.key_check import field_keys, signed_roots
from geo.areas import BadIndexFile
from models.rules.catalogue import CatalogueFault
from models.store import schema
from models.store.driver import sqlite_version, wal_is_safe
from models.store.errors import StoreError
from models.tables.keyring import KeyringError
from together import free
from workers.embedded import EmbeddedError, command

FULL_BYTES, SCARCE_BYTES = 200 << 20, 2 << 30
"""Below the first a disk is as good as full; below the second it will be soon."""
PATIENCE_S = 5.0


async def examine(chosen: Settings, say: Callable[[Finding], None]) -> None:
    """Looks at everything in turn and tells each finding as soon as it is known."""
    set_up_logging("error", "text", "doctor")
    for check in CHECKS:
        async for finding in check(chosen):
            say(finding)


async def settings(chosen: Settings) -> Findings:
    """Looks at settings that are allowed and yet unwise."""
    yield Finding("settings", Grade.GOOD, f"readable ({chosen.environment}, {chosen.channel})")
    open_to_others = chosen.host not in ("127.0.0.1", "::1", "localhost")
    if chosen.environment == "demo" and open_to_others:
        yield Finding(
            "settings",
            Grade.NOTE,
            f"a demonstration listens on {chosen.host}: its invite codes are known to everybody",
            "set WHISTLE_ENVIRONMENT=production before others can reach it",
        )
    if (chosen.environment == "production" or open_to_others) and not chosen.api_key.get_secret_value():
        yield Finding(
            "settings", Grade.NOTE, "no WHISTLE_API_KEY: the board and the figures open for nobody", "set a long one"
        )


async def data_folder(chosen: Settings) -> Findings:
    """Looks whether the data folder can be written and how much room is left."""
    folder = chosen.data_folder.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".doctor"
        probe.write_bytes(b"\0" * 4096)
        probe.unlink()
    except OSError as fault:
        yield Finding(
            "data folder",
            Grade.FAULT,
            f"{folder} cannot be written ({fault.strerror})",
            "let the service's user write it, or set WHISTLE_DATA_FOLDER",
        )
        return
    left = shutil.disk_usage(folder).free
    said = f"{folder}, {left / (1 << 30):.1f} GB free"
    if left < FULL_BYTES:
        yield Finding("data folder", Grade.FAULT, said, "free some room now: reports cannot be kept on a full disk")
    elif left < SCARCE_BYTES:
        yield Finding("data folder", Grade.NOTE, said, "free some room, or move the data folder to a larger disk")
    else:
        yield Finding("data folder", Grade.GOOD, said)


async def catalogue(chosen: Settings) -> Findings:
    """Looks whether the city's tables can be read."""
    try:
        found = wiring.catalogue_of(chosen)
    except (SeedFault, CatalogueFault) as fault:
        yield Finding("catalogue", Grade.FAULT, str(fault), f"correct these lines in {chosen.seed_folder}")
        return
    rules = len(found.routing)
    yield Finding("catalogue", Grade.GOOD, f"{len(found.kinds)} kinds, {len(found.limits)} limits, {rules} seed rules")


async def database(chosen: Settings) -> Findings:
    """Looks whether the database answers, has this code's schema, keeps what it commits, and holds nothing dead."""
    if "sqlite" in chosen.database:
        yield _sqlite(chosen)
    broken = await asyncio.to_thread(schema.damage, chosen.database)
    if broken is not None:
        yield Finding("database", Grade.FAULT, f"it is damaged: {broken}", "stop the service and restore a backup")
        return
    try:
        fault = await asyncio.to_thread(wiring.database_fault, chosen)
        if fault is not None:
            yield Finding("database", Grade.FAULT, *_split(fault))
            return
        store = await Store.open(chosen.database, keyring=wiring.keyring_of(chosen, draws=False))
    except KeyringError:
        # The check of the keys has said it.
        return
    except StoreError as error:
        yield Finding("database", Grade.FAULT, str(error), "start it, or correct WHISTLE_DATABASE_URL")
        return
    try:
        kind = "SQLite" if "sqlite" in chosen.database else "PostgreSQL"
        yield Finding("database", Grade.GOOD, f"{kind} at schema {schema.head()}, commits are durable")
        async for finding in _inside(chosen, store):
            yield finding
    except KeyringError as error:
        yield Finding("database", Grade.FAULT, "it cannot be read with these keys", str(error))
    finally:
        await store.close()


def _sqlite(chosen: Settings) -> Finding:
    """Names the version of SQLite; those with the WAL-reset fault are no ground for a city's records."""
    if wal_is_safe():
        return Finding("SQLite", Grade.GOOD, f"{sqlite_version()}, without the WAL-reset fault")
    grade = Grade.FAULT if chosen.environment == "production" else Grade.NOTE
    said = f"{sqlite_version()} can damage a database in WAL mode when two connections checkpoint at once"
    return Finding("SQLite", grade, said, "install the wheel pysqlite3 (3.51.3 or newer), or use PostgreSQL")


def _split(fault: str) -> tuple[str, str]:
    """Parts a sentence of the wiring into what is and what to do."""
    said, _, remedy = fault.partition("; ")
    return said, remedy


async def _inside(chosen: Settings, store: Store) -> Findings:
    """Looks at what the database holds: boundaries, people, and what was set aside."""
    async with store.read() as unit:
        edition = await unit.areas.edition()
        n_dead = len(await unit.jobs.buried()) + len(await unit.messages.buried()) + (await unit.inbox.counts()).poison
        somebody = await unit.people.search("", limit=1)
        rules = await unit.routing.rules(wiring.now())
    if edition is None:
        yield Finding("boundaries", Grade.FAULT, "no edition is in force", "whistle import city FOLDER")
    else:
        yield await _index(chosen, store)
    if not rules:
        yield Finding(
            "routing",
            Grade.FAULT,
            "no rule is in force: every case waits for a dispatcher",
            "whistle route import FILE",
        )
    if not somebody:
        yield Finding("roster", Grade.FAULT, "nobody is in the roster", "whistle import roster FILE.csv")
    if n_dead:
        yield Finding("set aside", Grade.NOTE, f"{n_dead} things could not be handled", "whistle dead list")


async def _index(chosen: Settings, store: Store) -> Finding:
    folder = chosen.data_folder / "index"
    try:
        index = await open_index(store, folder)
    except (BadIndexFile, OSError) as fault:
        return Finding(
            "boundaries", Grade.FAULT, str(fault), f"delete {folder}: the index is built anew at the next start"
        )
    assert index is not None
    said = f"edition {index.edition}, {len(index.areas)} areas"
    if any(area.synthetic for area in index.areas.values()):
        return Finding("boundaries", Grade.GOOD, f"{said}, some of them synthetic and shown as such")
    return Finding("boundaries", Grade.GOOD, said)


async def queue_server(chosen: Settings) -> Findings:
    """Looks whether Redis or Valkey answers and would refuse, not forget, when its memory is full."""
    if not chosen.redis_url:
        try:
            command(chosen.data_folder.resolve() / "valkey", chosen.redis_socket)
        except (EmbeddedError, OSError) as fault:
            yield Finding("queue", Grade.FAULT, *_split(str(fault)))
            return
        if not chosen.redis_socket.exists():
            yield Finding("queue", Grade.GOOD, "the embedded Valkey is here and starts with `whistle run`")
            return
    client = aioredis.Redis.from_url(chosen.redis, socket_connect_timeout=PATIENCE_S, socket_timeout=PATIENCE_S)
    try:
        info = await client.info()
    except (RedisError, OSError) as fault:
        grade = Grade.FAULT if chosen.redis_url else Grade.NOTE
        remedy = "start it, or correct REDIS_URL; jobs are meanwhile done by the schedule, more slowly"
        yield Finding("queue", grade, f"no answer ({type(fault).__name__})", remedy)
        return
    finally:
        await client.aclose()
    name = str(info.get("server_name", "redis"))
    version = info.get("valkey_version") or info.get("redis_version")
    policy = str(info.get("maxmemory_policy", "noeviction"))
    if policy != "noeviction":
        yield Finding(
            "queue",
            Grade.NOTE,
            f"{name} {version} forgets keys when full ({policy})",
            "set maxmemory-policy noeviction",
        )
    else:
        yield Finding("queue", Grade.GOOD, f"{name} {version} answers")


async def ports(chosen: Settings) -> Findings:
    """Looks whether the ports are free, or held by this very service."""
    wanted = [("web", "WEB", chosen.web_port, "/healthz")]
    if chosen.channel == "gateway":
        wanted.append(("gateway", "GATEWAY", chosen.gateway_port, "/phone/"))
    for about, name, port, path in wanted:
        if free(chosen.host, port):
            yield Finding(f"port {port}", Grade.GOOD, f"free for the {about}")
        elif await _ours(f"http://{chosen.host}:{port}{path}"):
            yield Finding(f"port {port}", Grade.GOOD, f"the {about} answers there")
        else:
            yield Finding(f"port {port}", Grade.FAULT, "taken by another program", f"end it or set WHISTLE_{name}_PORT")


async def _ours(url: str) -> bool:
    try:
        async with _session() as session, session.get(url) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False


async def bot_token(chosen: Settings) -> Findings:
    """Asks the channel who the bot is."""
    telegram = chosen.channel == "telegram" and not chosen.bot_api_url
    base = chosen.bot_api_url or ("https://api.telegram.org" if telegram else chosen.gateway_url)
    where = urlsplit(base).netloc
    token = wiring.bot_token(chosen)
    try:
        async with _session() as session, session.get(f"{base}/bot{token}/getMe") as answer:
            body = await answer.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as fault:
        if chosen.channel == "gateway" and not chosen.bot_api_url:
            yield Finding("bot", Grade.GOOD, "our gateway does not run now; the token is this installation's own")
        else:
            remedy = f"let this machine reach {where}, or run our own gateway (WHISTLE_CHANNEL=gateway)"
            yield Finding("bot", Grade.FAULT, f"no answer from {where} ({type(fault).__name__})", remedy)
        return
    if isinstance(body, dict) and body.get("ok"):
        yield Finding("bot", Grade.GOOD, f"@{body['result'].get('username')} at {where}")
    else:
        said = scrub(str(body.get("description", body) if isinstance(body, dict) else body))
        remedy = (
            "ask @BotFather for the token and set WHISTLE_BOT_TOKEN" if telegram else "set the bot's token there too"
        )
        yield Finding("bot", Grade.FAULT, f"{where} refuses the token: {said}", remedy)


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_S))


async def photos(chosen: Settings) -> Findings:
    """Writes a few bytes to where pictures are kept and reads them back."""
    remedy = "let the service's user write there, or correct WHISTLE_PHOTOS and the WHISTLE_S3_… settings"
    try:
        store = open_photos(chosen.photo_target, **chosen.photo_options)
        async with asyncio.timeout(4 * PATIENCE_S):
            await store.put("doctor/probe", b"whistle")
            read = await store.get("doctor/probe")
    except (BaseError, OSError, ValueError) as fault:
        yield Finding("photos", Grade.FAULT, f"{chosen.photo_target}: {type(fault).__name__}", remedy)
        return
    if read == b"whistle":
        yield Finding("photos", Grade.GOOD, f"{chosen.photo_target} can be written and read")
    else:
        yield Finding("photos", Grade.FAULT, f"{chosen.photo_target} gives other bytes back", remedy)


async def fonts(_: Settings) -> Findings:
    """Looks for a font with Chinese signs, for the names on maps and charts."""
    if font_path() is not None:
        yield Finding("fonts", Grade.GOOD, "a font with Chinese signs is installed")
    else:
        yield Finding(
            "fonts", Grade.NOTE, "no font with Chinese signs: maps stay without names", "install fonts-noto-cjk"
        )


CHECKS: tuple[Check, ...] = (
    settings,
    data_folder,
    field_keys,
    catalogue,
    database,
    signed_roots,
    queue_server,
    ports,
    bot_token,
    photos,
    fonts,
)

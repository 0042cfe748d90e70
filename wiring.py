"""Builds what a process needs out of the settings: the only place where settings meet actions.

Nothing here is kept at module level; each process wires itself after the fork.
"""

import json
import os
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from actions.city import gazetteer_of, import_boundaries, import_units, open_index
from actions.darkroom import ChildDarkroom
from actions.people import digest, import_roster, issue_code
from actions.photos import open_photos
from actions.ports import CityInfo, Deps, Store
from actions.roots import RootsBook
from config import keyfile
from config.drills import wrong_clock
from config.seed.read import read
from config.settings import Settings
from geo.address_aliases import read_aliases
from geo.address_landmarks import read_landmarks
from geo.areas import AreaIndex, Level, Point
from geo.gazetteer import Alias, Gazetteer, Landmark
from geo.loaders import read_city
from models.rules.catalogue import Catalogue, build
from models.rules.roster import PersonSeed, read_roster
from models.store import schema
from models.store.engine import parse
from models.store.moving import MOVED, MovedAwayError
from models.store.rows import RosterRow
from models.tables import keyring
from models.tables.keyring import Keyring

DEMO_SLOTS = ("li", "zhou", "sun")
"""Whose phones stand side by side: grid worker, street supervisor, verifier."""


def now() -> datetime:
    """Reads the clock; every process gets its time from here."""
    return datetime.now(UTC)


def clock_of(settings: Settings) -> Callable[[], datetime]:
    """Gives the clock of a process: the right one, or in a drill the one that the drill made wrong."""
    return wrong_clock(now, settings.drill_clock) if settings.drill_clock else now


def no_hint() -> None:
    """Wakes nobody: the relay looks every second anyway."""


@dataclass(frozen=True, slots=True)
class Wired:
    """The `Deps` of a process, and what has to be closed at its end."""

    deps: Deps
    darkroom: ChildDarkroom

    async def close(self) -> None:
        """Closes the darkroom and the database."""
        self.darkroom.close()
        await self.deps.store.close()


def catalogue_of(settings: Settings) -> Catalogue:
    """Reads the city's tables; raises `SeedFault` or `CatalogueFault`, which name file and line."""
    return build(read(settings.seed_folder))


async def wire(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = now,
    hint: Callable[[], None] = no_hint,
    with_places: bool = True,
) -> Wired:
    """Opens the database and everything else that actions need. The schema must be there already."""
    catalogue = catalogue_of(settings)
    store = await Store.open(
        settings.database,
        clock=clock,
        keyring=keyring_of(settings),
        read_url=settings.database_read_url,
        most_behind_s=settings.database_read_lag_s,
    )
    try:
        await check_here(store)
        await check_keys(store)
        index = await open_index(store, settings.data_folder / "index") if with_places else None
        names = _names(settings, index) if index is not None else None
    except BaseException:
        await store.close()
        raise
    darkroom = ChildDarkroom()
    deps = Deps(
        store=store,
        catalogue=catalogue,
        setting=catalogue.setting,
        photos=open_photos(settings.photo_target, **settings.photo_options),
        darkroom=darkroom,
        clock=clock,
        hint=hint,
        city=_city(settings, index),
        index=index,
        gazetteer=names,
        standing_codes=frozenset(digest(code) for code in _demo_codes(settings)),
        confirm_bindings=settings.bindings_are_confirmed,
        roots=roots_of(settings),
    )
    return Wired(deps, darkroom)


def _city(settings: Settings, index: AreaIndex | None) -> CityInfo:
    """Names the city after its outermost area."""
    areas = index.areas.values() if index is not None else ()
    city = next((a for a in areas if a.level is Level.CITY), None)
    return CityInfo(
        code=city.code if city else "",
        name=city.name if city else "",
        prefix=settings.case_prefix or _case_prefix(settings),
        synthetic=any(a.synthetic for a in areas),
        map_link=settings.map_link,
        web_url=settings.web_url.rstrip("/"),
    )


def _case_prefix(settings: Settings) -> str:
    """Reads what the city's own page says its case numbers start with; a plain `C` where it says nothing."""
    page = settings.city_folder / "city.toml"
    described = tomllib.loads(page.read_text(encoding="utf-8")) if page.exists() else {}
    return str(described.get("case_prefix", "C"))


def _names(settings: Settings, index: AreaIndex) -> Gazetteer:
    """Builds the names of the edition in force, with the other names and the landmarks of the city's folder."""
    aliases: list[Alias] = []
    landmarks: list[Landmark] = []
    if (path := settings.city_folder / "aliases.csv").exists():
        with path.open(encoding="utf-8-sig", newline="") as lines:
            aliases = read_aliases(lines)
    if (path := settings.city_folder / "landmarks.csv").exists():
        with path.open(encoding="utf-8-sig", newline="") as lines:
            # A point that this edition does not cover is no fault of the table: the name stays unknown.
            landmarks = read_landmarks(lines, lambda lon, lat: index.at(Point(lat, lon)).street or "")
    return gazetteer_of(index, aliases, landmarks)


async def install(settings: Settings, wired: Wired) -> Wired:
    """Takes the city, its units, rules and the demonstration's people over where they are missing.

    Gives the wiring to go on with: after a first import of boundaries it is a new one.
    """
    deps = wired.deps
    if deps.index is None:
        shapes = read_city(settings.city_folder)
        await import_boundaries(deps.store, shapes, deps.clock())
        await wired.close()
        wired = await wire(settings, clock=deps.clock, hint=deps.hint)
        deps = wired.deps
    assert deps.index is not None
    async with deps.store.begin() as unit:
        if not await unit.units.all():
            await import_units(unit, deps.catalogue, deps.index.areas.values(), settings.language)
        if not await unit.routing.rules(deps.clock()):
            await unit.routing.save(deps.catalogue.routing)
    if settings.environment == "demo":
        await _demo_people(settings, deps)
    return wired


async def _demo_people(settings: Settings, deps: Deps) -> None:
    """Takes the demonstration's roster over once; its codes are issued anew at each start."""
    roster = read_roster(read(settings.seed_folder).get("roster", []))
    async with deps.store.read() as unit:
        known = await unit.kv.get("demo_roster")
    if known is None:
        await import_roster(deps, [row for person in roster for row in _posts(person)])
        async with deps.store.begin() as unit:
            await unit.kv.put("demo_roster", "imported")
    for seed in roster:
        async with deps.store.read() as unit:
            person = await unit.people.by_staff_no(seed.key)
        if person is not None and seed.invite_code:
            await issue_code(deps, person.person_id, code=seed.invite_code)


def _demo_codes(settings: Settings) -> list[str]:
    """Lists the codes of the demonstration; none in production."""
    if settings.environment != "demo":
        return []
    people = read_roster(read(settings.seed_folder).get("roster", []))
    return [person.invite_code for person in people if person.invite_code]


def _posts(person: PersonSeed) -> list[RosterRow]:
    """Lists the posts of a person as the store takes them."""
    return [
        RosterRow(
            staff_no=person.key,
            name=person.name,
            language=person.language,
            role=post.role,
            area_code=post.area_code,
            unit_code=post.unit_code,
            shift=post.shift,
        )
        for post in person.posts
    ]


def demo_slots(settings: Settings) -> Mapping[str, tuple[str, str]]:
    """Gives the invite code and the title of each phone that the demonstration shows side by side."""
    people = {seed.key: seed for seed in read_roster(read(settings.seed_folder).get("roster", []))}
    shown = [people[slot] for slot in DEMO_SLOTS if slot in people]
    roles = catalogue_of(settings).roles
    titles = {seed.key: f"{seed.name} · {roles[seed.posts[0].role].in_(settings.language)}" for seed in shown}
    return {seed.key: (seed.invite_code, titles[seed.key]) for seed in shown if seed.invite_code}


def migrate(settings: Settings) -> str:
    """Brings the database to this code's schema, and names it."""
    schema.upgrade(settings.database, keyring=keyring_of(settings))
    return schema.head()


def key_file(settings: Settings) -> Path:
    """Gives where the field keys lie when no setting holds them."""
    return settings.data_folder / "field-keys"


def keyring_of(settings: Settings, *, draws: bool = True) -> Keyring:
    """Gives the keys that seal names and talks; raises `KeyringError` for what is no key.

    An installation without any draws one, or, when it is only looked at, has none.
    """
    given = settings.field_keys.get_secret_value()
    if given.strip():
        return Keyring(keyring.parse(given))
    path = key_file(settings)
    if not path.exists():
        if not draws:
            return Keyring()
        keyfile.keep_first(path, [keyring.written(keyring.draw())])

    def reread() -> Keyring:
        return Keyring(keyring.parse(path.read_text(encoding="ascii")))

    return Keyring(keyring.parse(path.read_text(encoding="ascii")), reread)


def roots_file(settings: Settings) -> Path:
    """Gives where signed roots are written."""
    return settings.audit_roots or settings.data_folder / "audit" / "roots.jsonl"


def roots_of(settings: Settings) -> RootsBook:
    """Gives the file of signed roots and the key that signs it; draws the key where there is none.

    Raises `KeyringError` for what is no key.
    """
    given = settings.audit_key.get_secret_value()
    if not given:
        path = settings.data_folder / "audit" / "signing-key"
        if not path.exists():
            keyfile.keep_first(path, [keyring.written(keyring.draw())])
        given = path.read_text(encoding="ascii")
    keys = keyring.parse(given)
    if len(keys) != 1:
        raise keyring.KeyringError("the signing key of the roots is one key in base64; `whistle keys new` draws one")
    return RootsBook(roots_file(settings), Ed25519PrivateKey.from_private_bytes(keys[0]))


async def check_here(store: Store) -> None:
    """Refuses a database whose data was moved elsewhere; raises `MovedAwayError`."""
    async with store.read() as unit:
        moved = await unit.kv.get(MOVED)
    if moved is not None:
        raise MovedAwayError(f"its data was moved to {moved['to']} at {moved['at'][:16]}; set WHISTLE_DATABASE_URL")


async def check_keys(store: Store) -> None:
    """Refuses keys that do not open what the database holds; raises `KeyringError`."""
    async with store.read() as unit:
        if await unit.keys.probed():
            return
    async with store.begin() as unit:
        if not await unit.keys.probed():
            await unit.keys.leave_probe()


def database_fault(settings: Settings) -> str | None:
    """Says in one sentence why the database cannot be used yet; None when it can. Raises `StoreError`."""
    try:
        url = parse(settings.database)
    except ValueError as fault:
        return f"WHISTLE_DATABASE_URL: {fault}"
    if url.drivername.startswith("sqlite") and not Path(url.database or "").exists():
        return f"there is no database at {url.database} yet; run `whistle migrate`, or `whistle run` for everything"
    found, wanted = schema.revision_of(settings.database), schema.head()
    if found == wanted:
        return None
    if found is not None and found > wanted:
        return f"the database has the schema {found} of a newer Whistle, this one knows {wanted}; update the code"
    return f"the database has the schema {found or 'of nothing'}, this code needs {wanted}; run `whistle migrate`"


def own_secret(folder: Path, name: str, draw: Callable[[], str]) -> str:
    """Gives a secret of this installation, drawn at the first start and readable by its owner only."""
    path = folder / "secrets.json"
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if name not in known:
        known[name] = draw()
        folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            json.dump(known, out)
        fresh.replace(path)
    return known[name]


def bot_token(settings: Settings) -> str:
    """Gives the bot's token: the one set, or one of this installation for our own gateway."""
    given = settings.bot_token.get_secret_value()
    return given or own_secret(settings.data_folder, "bot_token", lambda: f"{10**9}:{secrets.token_urlsafe(32)}")

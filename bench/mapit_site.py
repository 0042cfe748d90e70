"""A MapIt of its own for the race: loads a set of outlines into PostGIS and serves MapIt's pages on loopback.

Runs on the interpreter that holds `django-mapit`, `django<4` and `gunicorn`: `bench.geo_peers` starts it. Writes one
line with the address when it is ready, and ends with its parent.
"""

import json
import os
import socket
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings

SCHEMA = "bench_mapit"


def configure(dsn: str) -> None:
    """Sets up Django as a MapIt installation does, in a schema of its own."""
    at = urlsplit(dsn)
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.contrib.gis.db.backends.postgis",
                "NAME": at.path.lstrip("/"),
                "USER": at.username,
                "PASSWORD": at.password or "",
                "HOST": at.hostname,
                "PORT": at.port,
                "CONN_MAX_AGE": 600,
                "OPTIONS": {"options": f"-c search_path={SCHEMA},public"},
            }
        },
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.gis", "mapit"],
        CACHES={"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}},
        MIDDLEWARE=["mapit.middleware.JSONPMiddleware", "mapit.middleware.ViewExceptionMiddleware"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        ROOT_URLCONF="mapit.urls",
        ALLOWED_HOSTS=["127.0.0.1"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        SECRET_KEY="only for the race",
        MAPIT_AREA_SRID=4326,
        MAPIT_COUNTRY="",
        MAPIT_RATE_LIMIT=[],
        POSTCODES_AVAILABLE=False,
        PARTIAL_POSTCODES_AVAILABLE=False,
        GOOGLE_ANALYTICS="",
        BASE_DIR="",
        USE_TZ=True,
    )
    django.setup()


def load(areas: Path) -> None:
    """Loads outlines, one a line as code and hexadecimal WKB, as one active generation."""
    from django.contrib.gis.geos import GEOSGeometry
    from django.core.management import call_command
    from django.db import connection
    from mapit.models import Area, Generation, Geometry, Type

    with connection.cursor() as cursor:
        cursor.execute(f"drop schema if exists {SCHEMA} cascade")
        cursor.execute(f"create schema {SCHEMA}")
    call_command("migrate", verbosity=0)
    generation = Generation.objects.create(active=True, description="race")
    kind = Type.objects.create(code="ARE", description="area")
    rows = [json.loads(line) for line in areas.read_text().splitlines()]
    made = Area.objects.bulk_create(
        [Area(name=code, type=kind, generation_low=generation, generation_high=generation) for code, _ in rows],
        batch_size=2_000,
    )
    parts = []
    for area, (_, wkb) in zip(made, rows, strict=True):
        outline = GEOSGeometry(wkb, srid=4326)
        polygons = list(outline) if outline.geom_type == "MultiPolygon" else [outline]
        parts.extend(Geometry(area=area, polygon=polygon) for polygon in polygons)
    Geometry.objects.bulk_create(parts, batch_size=2_000)
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    connection.close()


def serve() -> None:
    """Serves with one gunicorn worker that keeps connections open."""
    from django.core.wsgi import get_wsgi_application
    from gunicorn.app.base import BaseApplication

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

    class Site(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            chosen = {"bind": f"127.0.0.1:{port}", "worker_class": "gthread", "threads": 1, "keepalive": 600}
            for name, value in {**chosen, "loglevel": "error", "timeout": 600}.items():
                self.cfg.set(name, value)

        def load(self) -> object:
            return get_wsgi_application()

    def end_with_parent() -> None:
        sys.stdin.read()
        os.kill(os.getpid(), 15)

    threading.Thread(target=end_with_parent, daemon=True).start()
    print(f"http://127.0.0.1:{port}", flush=True)
    Site().run()


if __name__ == "__main__":
    configure(os.environ["BENCH_POSTGIS"])
    load(Path(sys.argv[1]))
    serve()

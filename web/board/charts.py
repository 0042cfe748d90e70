"""Where the chart library of the board comes from: out of a wheel, bundled once and kept in the data folder.

Bundling takes seconds, so that it happens at the first wish, in a process of its own, and never at start.
"""

import asyncio
import gzip
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import structlog
from aiohttp import web

from web.once import Once
from web.parts import parts

BUNDLE = web.AppKey("chart bundle", Once[bytes])
SNIPPET = "export { vegaEmbed };"
"""What the page imports; the bundle brings Vega-Lite, Vega and the expression interpreter with it."""
PATIENCE_S = 60.0
WRITER = "import sys, vl_convert; sys.stdout.buffer.write(vl_convert.javascript_bundle(sys.argv[1]).encode())"
log = structlog.get_logger(__name__)


class BundleError(Exception):
    """The chart library could not be bundled."""


def routes() -> list[web.AbstractRouteDef]:
    """Lists the address of the library."""
    return [web.get("/board/charts/vega.js", on_library)]


async def on_library(request: web.Request) -> web.Response:
    """Answers with the library, compressed once and for all."""
    folder = parts(request).data_folder / "board"
    packed = await request.app[BUNDLE].get("vega", lambda: bundle(folder))
    unpacked = "gzip" not in request.headers.get("Accept-Encoding", "")
    answer = web.Response(
        body=await asyncio.to_thread(gzip.decompress, packed) if unpacked else packed,
        content_type="text/javascript",
        charset="utf-8",
    )
    if not unpacked:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    # The page asks with the version in the address, see `address`.
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


def address() -> str:
    """Gives the address of the library with its version, so that a browser may keep it for ever."""
    return f"/board/charts/vega.js?v={version('vl-convert-python')}"


async def bundle(folder: Path) -> bytes:
    """Gives the gzipped library from the folder, bundling it first when this version is not there."""
    path = folder / f"vega-{version('vl-convert-python')}.js.gz"
    if not await asyncio.to_thread(path.exists):
        packed = await asyncio.to_thread(gzip.compress, await _made(), 9)
        await asyncio.to_thread(_keep, path, packed)
        log.info("chart library bundled", n_bytes=len(packed))
    return await asyncio.to_thread(path.read_bytes)


async def _made() -> bytes:
    """Bundles in a child process: the bundler holds the interpreter for seconds."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, SNIPPET, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            script, complaint = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0 or not script:
        raise BundleError(complaint.decode(errors="replace")[-500:])
    return script


def _keep(path: Path, packed: bytes) -> None:
    """Writes the file whole or not at all; two servers may do so at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(number, "wb") as out:
        out.write(packed)
    Path(name).replace(path)

"""Fails if a file breaks the architecture. Usage: check_layers.py SOURCE_DIR

It checks which layer includes which, which room of an adapter includes which, where coroutines
live, and that the core shares no ownership, reads no clock, and says nothing in the words of HTTP.
"""

import pathlib
import re
import sys

CORE_STANDARD = (
    r"<(algorithm|array|bit|charconv|chrono|compare|concepts|cstddef|cstdint|cstring|functional"
    r"|initializer_list|iterator|limits|map|memory|numeric|optional|ranges|ratio|set|span|string"
    r"|string_view|tuple|type_traits|unordered_map|unordered_set|utility|variant|vector)>$"
)
STANDARD = r"<[a-z_]+>$"
DOMAIN = r"<botcore/(domain/|error\.hpp|result\.hpp)"
PORTS = r"<botcore/ports/"
APP = r"<botcore/app/"
CORE = [DOMAIN, PORTS, APP]
BESIDE = r'"[a-z0-9_]+\.hpp"$'  # In the same folder, and so of the same layer.

# First match wins: (files, what they may include). Adapters also include their own folder, the
# headers that their embed_files() makes, and adapters/wire.
LAYERS = [
    (
        r"libbotcore/(include/botcore|src)/(domain/|error\.|result\.)",
        [CORE_STANDARD, DOMAIN, BESIDE],
    ),
    # Headers for code that several callers' threads may enter. The core makes no threads.
    (
        r"libbotcore/(include/botcore|src)/ports/stream_listeners\.",
        [CORE_STANDARD, DOMAIN, PORTS, r"<(list|mutex|shared_mutex)>"],
    ),
    (
        r"libbotcore/(include/botcore|src)/app/stream_watch\.",
        [CORE_STANDARD, *CORE, r"<(condition_variable|mutex)>"],
    ),
    (r"libbotcore/(include/botcore|src)/ports/", [CORE_STANDARD, DOMAIN, PORTS, BESIDE]),
    (r"libbotcore/(include/botcore|src)/app/", [CORE_STANDARD, *CORE, BESIDE]),
    # How values look to others, for every adapter: so it knows nothing but values.
    (r"adapters/wire/", [STANDARD, DOMAIN]),
    (r"adapters/memory/", [STANDARD, *CORE, r"<botcore/memory/"]),
    (r"adapters/system/", [STANDARD, *CORE, r"<botcore/system/", r"<sys/random\.h>"]),
    (r"adapters/soci/", [STANDARD, DOMAIN, PORTS, r"<soci/", r"<libpq-fe\.h>", r"<sqlite3\.h>", r"<(fcntl|poll|pwd|sys/(eventfd|inotify|socket|stat|types)|unistd)\.h>"]),
    (r"adapters/http/", [STANDARD, *CORE, r"<boost/", r"<openssl/", r"<prometheus/", r"<(zlib|zstd)\.h>", r"<(linux/tcp|netinet/(in|tcp)|sys/socket)\.h>"]),
    (r"adapters/logging/", [STANDARD, DOMAIN, PORTS, r"<spdlog/", r"<(poll|unistd|sys/stat)\.h>"]),
    (r"adapters/metrics/", [STANDARD, DOMAIN, PORTS, r"<prometheus/"]),
    (r"adapters/webhooks/", [STANDARD, DOMAIN, PORTS, r"<boost/", r"<prometheus/"]),
    (r"apps/server/", [r""]),
    (r"tests/", [r""]),
]

SOURCE = re.compile(r"\.(c|cc|cpp|cxx|h|hh|hpp|hxx|ipp|inl)$")
INCLUDE = re.compile(
    r"^[ \t]*#[ \t]*(?:include|import)(?:_next)?[ \t]*(.*?)[ \t]*(?://.*)?$", re.MULTILINE
)
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
COROUTINE = re.compile(r"\bco_(await|return|yield)\b|\basio\b")
SHARED = re.compile(r"\b(shared_ptr|make_shared|enable_shared_from_this)\b")
DEFINED = re.compile(r"^(?:class|struct) (\w+)[^;{]*\{", re.MULTILINE)
DECLARED = re.compile(r"^(?:class|struct) (\w+);", re.MULTILINE)
CLOCK = re.compile(r"::\s*now\b|\b(clock_gettime|gettimeofday|timespec_get)\b|\bstd::time\b")
LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"')
# Words that a refusal of the core must not use: an embedding program has no methods and headers.
HTTP = re.compile(
    r"\b(GET|HEAD|POST|PUT|PATCH|DELETE) /|\b(HTTP|Idempotency-Key|If-Match|header|body)\b"
)
EMBEDDED = re.compile(r"embed_files\([^)]*\bHEADER\s+([\w.]+)")

# The rooms of an adapter, from the top: a room includes those below it. A room is a folder, or the
# files of one name that stand in no folder.
ROOMS = {
    "adapters/http": [
        "server", "api", "websocket", "connection", "dispatch", "live", "access", "bridge",
        "metrics", "codec", "protocol", "options",
    ],
    "adapters/soci": [
        "sql_storage", "maintenance", "messages", "webhooks", "streams", "keys", "bots", "rows",
        "schema", "engine", "driver",
    ],
}

# Files of the core that read a clock themselves, and why the port `clock` can't do it for them.
CLOCK_READERS = {
    # It waits on a condition variable, and only the host's clock ends such a wait.
    "libbotcore/src/app/stream_watch.cpp",
}

# Rooms within a room that never include each other.
SEPARATE = [("adapters/soci/driver/postgresql/", "adapters/soci/driver/sqlite/")]


def sources(root: pathlib.Path):
    """The names of all C++ files but those that a build made, sorted."""
    for file in sorted(root.rglob("*")):
        name = file.relative_to(root)
        is_made = name.parts[0] == "build" or name.parts[0].startswith(".")
        if SOURCE.search(file.name) and not is_made and file.is_file():
            yield name.as_posix()


def own_headers(root: pathlib.Path, name: str):
    """The headers that an adapter may include in addition to those of its layer."""
    if not name.startswith("adapters/"):
        return []
    folder = "/".join(name.split("/")[:2])
    recipe = root / folder / "CMakeLists.txt"
    embedded = EMBEDDED.findall(recipe.read_text()) if recipe.is_file() else []
    return [rf'"{folder}/', r'"adapters/wire/', *(rf'"{re.escape(header)}"$' for header in embedded)]


def room_of(adapter: str, path: str):
    """The room of a file, whose path begins with its adapter's folder."""
    return path[len(adapter) + 1 :].split("/")[0].split(".")[0]


def room_violations(name: str, includes: list[str]):
    """The includes of a file from a room above its own, or from a separate one."""
    adapter = "/".join(name.split("/")[:2])
    rooms = ROOMS.get(adapter)
    if rooms is None:
        return
    own = room_of(adapter, name)
    if own not in rooms:
        yield f"{name}: belongs to no room of {adapter}"
        return
    for include in includes:
        path = include.strip('"')
        if not path.startswith(adapter + "/"):
            continue
        other = room_of(adapter, path)
        if other not in rooms or rooms.index(other) < rooms.index(own):
            yield f"{name}: may not include {include}, which stands above it"
        for pair in SEPARATE:
            for here, there in (pair, pair[::-1]):
                if name.startswith(here) and path.startswith(there):
                    yield f"{name}: may not include {include}, which is kept apart from it"


def defined_classes(root: pathlib.Path):
    """The rooms that define a class, by the adapter and the name of the class."""
    rooms = {}
    for name in sources(root):
        adapter = "/".join(name.split("/")[:2])
        if adapter in ROOMS:
            for defined in DEFINED.findall((root / name).read_text()):
                rooms.setdefault((adapter, defined), set()).add(room_of(adapter, name))
    return rooms


def declared_violations(name: str, code: str, defined: dict):
    """The names that a file forward-declares although a room above its own defines them."""
    adapter = "/".join(name.split("/")[:2])
    rooms = ROOMS.get(adapter, [])
    own = room_of(adapter, name)
    if own not in rooms:
        return
    allowed = set(rooms[rooms.index(own) :])
    for declared in DECLARED.findall(code):
        homes = defined.get((adapter, declared), allowed)
        if not homes & allowed:
            yield f"{name}: may not declare {declared}, which is defined above it"


def core_violations(name: str, code: str):
    """The acts of a core file that belong to its callers or to an adapter."""
    found = CLOCK.search(code)
    if found and name not in CLOCK_READERS:
        yield f"{name}: `{found[0]}`: the core gets the time from the port `clock`"
    for literal in LITERAL.findall(INCLUDE.sub("", code)):
        word = HTTP.search(literal)
        if word:
            yield f"{name}: {literal} says `{word[0]}`: the core knows no HTTP"


def violations(root: pathlib.Path):
    defined = defined_classes(root)
    for name in sources(root):
        allowed = next((rule for files, rule in LAYERS if re.match(files, name)), None)
        if allowed is None:
            yield f"{name}: belongs to no layer"
            continue
        text = (root / name).read_text()
        code = COMMENT.sub("", text)

        allowed = [*allowed, *own_headers(root, name)]
        includes = INCLUDE.findall(text)
        yield from room_violations(name, includes)
        yield from declared_violations(name, code, defined)
        for include in includes:
            climbs = ".." in include
            if climbs or not any(re.match(pattern, include) for pattern in allowed):
                yield f"{name}: may not include {include}"
        if not re.match(r"adapters/(http|webhooks)/|tests/", name) and COROUTINE.search(code):
            yield f"{name}: coroutines and Asio belong to adapters/http and webhooks"
        if name.startswith("libbotcore/") and SHARED.search(code):
            yield f"{name}: the core shares no ownership"
        if name.startswith("libbotcore/"):
            yield from core_violations(name, code)


def main():
    root = pathlib.Path(sys.argv[1])
    if not any(sources(root)):
        sys.exit(f"{root} has no C++ file")
    found = list(violations(root))
    print("\n".join(found) or "every file respects the architecture")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()

"""Proves that check_layers.py catches each kind of violation, and nothing else."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECKER = pathlib.Path(__file__).with_name("check_layers.py")

# Files that break no rule.
INNOCENT = {
    "libbotcore/include/botcore/result.hpp": "#include <botcore/error.hpp>\n#include <variant>\n",
    "libbotcore/src/domain/uuid.cpp": '#include "reader.hpp"\n#include <botcore/domain/uuid.hpp>\n',
    "libbotcore/include/botcore/ports/clock.hpp": "#include <botcore/domain/timestamp.hpp>\n",
    "libbotcore/src/app/a.cpp":
        "#include <botcore/ports/clock.hpp>\n// No shared_ptr here.\nauto at = clock_.now();\n",
    "libbotcore/src/app/stream_watch.cpp": "const auto at = deadline::clock::now();\n",
    "libbotcore/src/domain/web_address.cpp":
        '// POST /bots\nconst char* why = "must be an http or https URL with a path.";\n',
    "adapters/memory/a.cpp": '#include "adapters/memory/a.hpp"\n#include <mutex>\n',
    "adapters/system/a.cpp": "#include <botcore/system/a.hpp>\n#include <sys/random.h>\n",
    "adapters/soci/CMakeLists.txt": "embed_files(TARGET t NAMESPACE n HEADER schema.hpp FILES a)\n",
    "adapters/soci/sql_storage.cpp": '#include "adapters/soci/messages/sql_messages.hpp"\n',
    "adapters/soci/driver/a.cpp": '#include <soci/soci.h>\n#include <libpq-fe.h>\n',
    "adapters/soci/schema/a.cpp": '#include "schema.hpp"\n',
    "adapters/soci/engine/a.cpp": '#include "adapters/soci/driver/sqlite/fifo_gate.hpp"\n',
    "adapters/soci/engine/b.cpp": '#include "adapters/soci/engine/a.hpp"\n',
    "adapters/http/api/a.cpp": "#include <boost/asio/awaitable.hpp>\nvoid f() { co_await g(); }\n",
    "adapters/http/server.cpp": '#include "adapters/http/api/bots_api.hpp"\n',
    "adapters/http/dispatch/a.cpp": '#include "adapters/http/access/key_ring.hpp"\n',
    "adapters/http/connection/a.hpp": "class connection final {};\nclass session;\n",
    "adapters/http/connection/b.hpp": "class session {};\n",
    "adapters/http/websocket/a.hpp": "class connection;\n",
    "adapters/http/protocol/a.cpp": '#include "adapters/http/options.hpp"\n',
    "adapters/logging/a.cpp": "#include <spdlog/spdlog.h>\n#include <unistd.h>\n",
    "adapters/metrics/a.cpp": "#include <prometheus/registry.h>\n",
    "adapters/webhooks/a.cpp": '#include "adapters/wire/message_json.hpp"\n',
    "adapters/wire/a.cpp": '#include "adapters/wire/a.hpp"\n#include <botcore/domain/uuid.hpp>\n',
    "apps/server/main.cpp": '#include "adapters/http/server.hpp"\n#include <CLI/CLI.hpp>\n',
    "tests/unit/a.cpp": "#include <catch2/catch.hpp>\n",
    "build/debug/made.cpp": "#include <anything>\n",
}

CORE = "libbotcore/src/domain/planted.cpp"
PLANTED = {
    "a core file that includes Boost": (CORE, "#include <boost/json.hpp>\n"),
    "a core file that starts threads": (CORE, "#include <thread>\n"),
    "a core file that locks": (CORE, "#include <mutex>\n"),
    "a core file that prints": (CORE, "#include <iostream>\n"),
    "a core file that opens files": (CORE, "#include <filesystem>\n"),
    "a core file that rolls dice": (CORE, "#include <random>\n"),
    "a core file that opens sockets": (CORE, "#include <sys/socket.h>\n"),
    "an include with odd spaces": (CORE, "  #  include  <thread>  // Why not?\n"),
    "an include by macro": (CORE, "#include HEADER\n"),
    "a core file that shares": (CORE, "std::shared_ptr<int> one;\n"),
    "a core file that reads the wall clock": (CORE, "auto at = std::chrono::system_clock::now();\n"),
    "a core file that reads a clock by another name": (CORE, "auto at = deadline::clock :: now ();\n"),
    "a core file that hands a clock on": (CORE, "f(&std::chrono::steady_clock::now);\n"),
    "a core file that asks C for the time": (CORE, "const auto at = std::time(nullptr);\n"),
    "a core file that asks the kernel for the time": (CORE, "clock_gettime(CLOCK_REALTIME, &at);\n"),
    "a core file that names a route": (CORE, 'refuse("Register one with POST /bots first.");\n'),
    "a core file that names a header": (CORE, 'refuse("This Idempotency-Key was used.");\n'),
    "a core file that speaks of a body": (CORE, 'refuse("The body names another bot.");\n'),
    "a core file that includes an adapter": (CORE, "#include <botcore/memory/a.hpp>\n"),
    "a domain file that includes a port": (CORE, "#include <botcore/ports/clock.hpp>\n"),
    "a header of the root that includes a port": (
        "libbotcore/include/botcore/error.hpp", "#include <botcore/ports/clock.hpp>\n"),
    "a port that includes a use case": (
        "libbotcore/include/botcore/ports/planted.hpp", "#include <botcore/app/a.hpp>\n"),
    "a core file of no layer": ("libbotcore/src/planted.cpp", "\n"),
    "an adapter of no layer": ("adapters/redis/planted.cpp", "\n"),
    "a folder of no layer": ("tools/planted.cpp", "\n"),
    "an adapter that includes another": (
        "adapters/http/api/planted.cpp", '#include "adapters/soci/pool.hpp"\n'),
    "an adapter that includes another's public header": (
        "adapters/http/api/planted.cpp", "#include <botcore/system/system_ids.hpp>\n"),
    "an adapter that climbs into another": (
        "adapters/http/api/planted.cpp", '#include "adapters/http/../soci/pool.hpp"\n'),
    "a wire format that includes Boost": ("adapters/wire/planted.cpp", "#include <boost/json.hpp>\n"),
    "a wire format that includes another adapter": (
        "adapters/wire/planted.cpp", '#include "adapters/http/server.hpp"\n'),
    "a wire format that includes a port": (
        "adapters/wire/planted.cpp", "#include <botcore/ports/log.hpp>\n"),
    "a wire format that asks the kernel": ("adapters/wire/planted.cpp", "#include <unistd.h>\n"),
    "a core file that includes the wire format": (CORE, '#include "adapters/wire/a.hpp"\n'),
    "a header that nobody embeds": ("adapters/http/api/planted.cpp", '#include "schema.hpp"\n'),
    "a storage that includes use cases": (
        "adapters/soci/bots/planted.cpp", "#include <botcore/app/bot_service.hpp>\n"),
    "a storage that includes Boost": ("adapters/soci/rows/planted.cpp", "#include <boost/json.hpp>\n"),
    "a log that includes Asio": ("adapters/logging/planted.cpp", "#include <boost/asio.hpp>\n"),
    "metrics that include HTTP": ("adapters/metrics/planted.cpp", "#include <boost/beast.hpp>\n"),
    "a memory adapter that asks the kernel": (
        "adapters/memory/planted.cpp", "#include <sys/random.h>\n"),
    "a coroutine in a composition root": ("apps/server/planted.cpp", "co_await work();\n"),
    "Asio in a composition root": (
        "apps/server/planted.cpp", "#include <boost/asio/io_context.hpp>\n"),
    "a room that includes one above it": (
        "adapters/soci/engine/planted.cpp", '#include "adapters/soci/messages/a.hpp"\n'),
    "a room that includes the top of its adapter": (
        "adapters/soci/driver/planted.cpp", '#include "adapters/soci/sql_storage.hpp"\n'),
    "requests that include routes": (
        "adapters/http/protocol/planted.cpp", '#include "adapters/http/api/bots_api.hpp"\n'),
    "requests that include who may send them": (
        "adapters/http/protocol/planted.cpp", '#include "adapters/http/access/key_ring.hpp"\n'),
    "a bridge that includes the server": (
        "adapters/http/bridge/planted.cpp", '#include "adapters/http/server.hpp"\n'),
    "a connection that includes what it may become": (
        "adapters/http/connection/planted.cpp",
        '#include "adapters/http/websocket/web_socket.hpp"\n'),
    "requests that declare what is above them": (
        "adapters/http/protocol/planted.hpp", "class connection;\n"),
    "options that include a room": (
        "adapters/http/options.hpp", '#include "adapters/http/protocol/message.hpp"\n'),
    "an adapter's file that belongs to no room": ("adapters/soci/planted.cpp", "\n"),
    "a room that nobody knows": ("adapters/soci/planted/a.cpp", "\n"),
    "a driver that includes the other database's": (
        "adapters/soci/driver/sqlite/planted.cpp",
        '#include "adapters/soci/driver/postgresql/pipeline.hpp"\n'),
}


def check(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            file = pathlib.Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return subprocess.run(
            [sys.executable, CHECKER, folder], capture_output=True, text=True, check=False)


class CheckLayers(unittest.TestCase):
    def test_files_that_break_no_rule_pass(self):
        checked = check(INNOCENT)

        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_each_planted_violation_is_reported(self):
        for what, (name, text) in PLANTED.items():
            with self.subTest(what):
                checked = check({**INNOCENT, name: text})

                self.assertEqual(checked.returncode, 1, checked.stdout + checked.stderr)
                for line in checked.stdout.splitlines():
                    self.assertTrue(line.startswith(name + ":"), line)

    def test_a_folder_without_sources_is_an_error(self):
        self.assertEqual(check({"README.md": "\n"}).returncode, 1)


if __name__ == "__main__":
    unittest.main()

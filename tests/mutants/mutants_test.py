"""Tests of the parts of ./dev mutants that need no compiler."""

import contextlib
import importlib.util
import io
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))

import explained  # noqa: E402
from mutation import Mutation, is_hopeless, mutations_of  # noqa: E402
from program import limited, members_of, seconds_by_file  # noqa: E402
from results import KILLED, SURVIVED, Result, Results  # noqa: E402

TEXT = "a = 1;\nb = 2;\na = 1;\n"


def main_module():
    spec = importlib.util.spec_from_file_location("mutants_main", HERE / "__main__.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def one_for_each_line(lines):
    return [(at + 1, line.replace("= ", "= -")) for at, line in enumerate(lines)]


def mutation(line="a = 1;\n", becomes="a = 2;\n", nth=0):
    return Mutation("a.cpp", 1, line, becomes, nth)


class Mutations(unittest.TestCase):
    def test_one_line_changes(self):
        second = mutations_of("a.cpp", TEXT, one_for_each_line)[1]
        self.assertEqual(second.applied_to(TEXT), "a = 1;\nb = -2;\na = 1;\n")

    def test_equal_lines_have_different_keys(self):
        made = mutations_of("a.cpp", TEXT, one_for_each_line)
        self.assertEqual(len({each.key for each in made}), 3)

    def test_a_line_that_moves_keeps_its_key(self):
        made = mutations_of("a.cpp", TEXT, one_for_each_line)
        moved = mutations_of("a.cpp", "\n" + TEXT, one_for_each_line)
        self.assertTrue({each.key for each in made} <= {each.key for each in moved})

    def test_what_cannot_compile_is_left_out(self):
        self.assertTrue(is_hopeless("std::uint8_t a;\n", "std::uint0_t a;\n"))
        self.assertTrue(is_hopeless("a  = b;\n", "a = b;\n"))
        self.assertFalse(is_hopeless("a = 8;\n", "a = 0;\n"))
        self.assertFalse(is_hopeless("f(a1, 8);\n", "f(a1, 0);\n"))
        self.assertFalse(is_hopeless("a = b + c;\n", "a = b - c;\n"))
        self.assertFalse(is_hopeless("sha256(a);\n", "/*sha256(a);*/\n"))


class Explanations(unittest.TestCase):
    def read(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "explained.toml"
            path.write_text(text)
            return explained.read(path)

    def test_an_entry_covers_its_mutant_only(self):
        own, = self.read("[[survivor]]\nfile='a.cpp'\nline='a = 1;'\nbecomes='a = 2;'\nwhy='x'\n")
        self.assertTrue(own.covers(mutation("    a = 1;\n", "    a = 2;\n")))
        self.assertFalse(own.covers(mutation(becomes="a = 3;\n")))
        self.assertFalse(own.covers(mutation(line="b = 1;\n")))

    def test_an_entry_without_a_mutant_covers_the_line(self):
        own, = self.read("[[survivor]]\nfile='a.cpp'\nline='a = 1;'\nwhy='x'\n")
        self.assertTrue(own.covers(mutation(becomes="a = 3;\n")))

    def test_an_entry_may_name_several_mutants_or_a_pattern_of_lines(self):
        own, kind = self.read(
            "[[survivor]]\nfile='a.cpp'\nline='a = 1;'\nbecomes=['a = 2;', 'a = 3;']\nwhy='x'\n"
            "[[survivor]]\npattern='[ab] = 1;'\nwhy='x'\n")
        self.assertTrue(own.covers(mutation(becomes="a = 3;\n")))
        self.assertFalse(own.covers(mutation(becomes="a = 4;\n")))
        self.assertTrue(kind.covers(mutation(line="b = 1;\n")))
        self.assertFalse(kind.covers(mutation(line="ab = 1;\n")))

    def test_an_entry_without_a_reason_is_an_error(self):
        for why in ("", "why=' '\n", "why='x'\nnumber=1\n"):
            with self.assertRaises(SystemExit):
                self.read("[[survivor]]\nfile='a.cpp'\nline='a = 1;'\n" + why)
        with self.assertRaises(SystemExit):
            self.read("[[survivor]]\nfile='a.cpp'\nwhy='x'\n")

    def test_an_entry_that_covers_nothing_is_stale(self):
        own = self.read("[[survivor]]\nfile='a.cpp'\nline='a = 1;'\nwhy='x'\n")
        self.assertEqual(explained.stale_of(own, [mutation()]), [])
        self.assertEqual(explained.stale_of(own, [mutation(line="b = 1;\n")]), own)

    def test_our_own_list_can_be_read(self):
        self.assertIsInstance(explained.read(HERE / "explained.toml"), list)


class Verdicts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "core.jsonl"

    def add(self, verdict):
        Results(self.path).add(Result(mutation().key, verdict, "", "source", "tests"))

    def test_a_verdict_is_found_in_the_next_run(self):
        self.add(KILLED)
        self.assertEqual(Results(self.path).find(mutation(), "source", "tests").verdict, KILLED)

    def test_a_verdict_ends_with_its_source(self):
        self.add(KILLED)
        self.assertIsNone(Results(self.path).find(mutation(), "changed", "tests"))

    def test_only_a_survivor_is_tried_again_with_other_tests(self):
        self.add(KILLED)
        self.assertIsNotNone(Results(self.path).find(mutation(), "source", "more tests"))
        self.add(SURVIVED)
        self.assertIsNone(Results(self.path).find(mutation(), "source", "more tests"))

    def test_a_line_that_was_cut_off_costs_only_itself(self):
        self.add(SURVIVED)
        whole = self.path.read_bytes()
        for size in range(len(whole)):
            self.path.write_bytes(whole[:size])
            self.add(KILLED)
            self.assertEqual(Results(self.path).find(mutation(), "source", "tests").verdict, KILLED)


class Samples(unittest.TestCase):
    def test_a_seed_always_gives_the_same_sample(self):
        main = main_module()
        made = mutations_of("a.cpp", "".join(f"a = {n};\n" for n in range(90)), one_for_each_line)

        def sample(seed):
            return main.drawn(made, main.options_of(["--seed", str(seed)]))
        self.assertEqual(sample(1), sample(1))
        self.assertNotEqual(sample(1), sample(2))
        self.assertEqual(main.drawn(made, main.options_of(["--all"])), made)

    def test_a_score_counts_what_is_too_slow_as_killed(self):
        main = main_module()
        judged = [(None, Result("", verdict, "", "", ""))
                  for verdict in ("killed", "killed", "too slow", "survived")]
        self.assertEqual(main.score_of(judged), 75)

    def test_every_pattern_of_a_scope_finds_a_file(self):
        main = main_module()
        for name, scope in main.SCOPES.items():
            found = main.files_of(name)
            for pattern in scope["files"]:
                self.assertTrue(main.fnmatch.filter(found, pattern), pattern)


class Programs(unittest.TestCase):
    def test_a_report_gives_the_time_of_each_file(self):
        case = ('<TestCase name="{}" filename="{}">'
                '<OverallResult success="true" durationInSeconds="{}"/></TestCase>')
        report = f"<Catch><Group>{case.format('a', 'a.cpp', 1)}{case.format('b', 'b.cpp', 2)}" \
                 f"{case.format('c', 'a.cpp', 4)}</Group></Catch>"
        self.assertEqual(seconds_by_file(report), {"a.cpp": 5, "b.cpp": 2})

    def test_the_objects_of_an_archive_are_known(self):
        listing = ("c++ -o x/a.o -c a.cpp\n"
                   ": && cmake -E rm -f x/liba.a && ar qc x/liba.a  x/a.o x/b.o && ranlib x/liba.a")
        self.assertEqual(members_of(listing), {"x/liba.a": ["x/a.o", "x/b.o"]})

    def test_a_program_that_does_not_end_is_ended(self):
        folder = pathlib.Path(tempfile.gettempdir())
        late = limited(["sleep", "60"], subprocess.DEVNULL, folder, 0.1)
        self.assertTrue(late[0])
        self.assertEqual(limited(["false"], subprocess.DEVNULL, folder, 60), (False, 1))


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):
        unittest.main()

"""The shape of the house: which room may import which, where each library stays, how long a module may grow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent

LAYERS: tuple[tuple[str, ...], ...] = (
    ("indexer.errors", "indexer.model", "indexer.query", "indexer.fields"),
    ("indexer.text",),
    ("indexer.catalog", "indexer.places", "indexer.synonyms"),
    ("indexer.readers", "indexer.engines.base"),
    ("indexer.structure", "indexer.engines"),
    ("indexer.pipeline",),
    ("indexer",),
    ("search_app.parameters",),
    (
        "search_app.syntax", "search_app.state", "search_app.highlight", "search_app.whole_paths", "search_app.site",
        "search_app.xml_text", "search_app.latest", "search_app.lexicon", "search_app.breaker",
    ),
    (
        "search_app.facets", "search_app.counting", "search_app.asked", "search_app.instead", "search_app.synonyms",
        "search_app.suggest", "search_app.year_range", "search_app.reading", "search_app.beside",
    ),
    ("search_app.mending", "search_app.facet_list", "search_app.histogram", "search_app.aligned"),
    ("search_app.search", "search_app.cite", "search_app.export", "search_app.feed"),
    ("search_app.summary",),
    ("search_app.kwic", "search_app.grouped"),
    (
        "search_app.reports", "search_app.views", "search_app.api", "search_app.openapi", "search_app.web",
        "search_app.server", "search_app.shell", "search_app.progress", "search_app.cli", "search_app.downloads",
        "search_app.facet_pages", "search_app.compression", "search_app.streams", "search_app.usage",
    ),
    ("search_app",),
)  # fmt: skip
"""Rooms (a module, or a package with all that is in it). Each imports only from the layers before its own."""

FACES = next(layer for layer in LAYERS if "search_app.views" in layer)
"""The faces of the product also import one another."""

HOMES = {
    "jieba": {"indexer/text/segment.py"},
    "rjieba": {"indexer/text/segment.py"},
    "opencc": {"indexer/text/normalise.py"},
    "whoosh": {"indexer/engines/columnar/"},
    "opensearchpy": {"indexer/engines/opensearch/cluster.py"},
    "flask": {
        "search_app/views.py",
        "search_app/api.py",
        "search_app/web.py",
        "search_app/downloads.py",
        "search_app/facet_pages.py",
        "search_app/compression.py",
    },
    "lxml": {
        "indexer/readers/webpage.py",
        "indexer/readers/word.py",
        "indexer/readers/typeset.py",
        "indexer/readers/numbering.py",
    },
    "openpyxl": {"indexer/readers/tables.py", "search_app/export/workbook.py"},
    "pypdfium2": {"indexer/readers/portable.py"},
    "pypinyin": {"indexer/text/pinyin.py"},
    "click": {"search_app/cli.py", "search_app/progress.py", "search_app/usage.py"},
    "waitress": {"search_app/server.py"},
}
"""Where each library may be imported, at the top of a module or inside a function."""

LONGEST_MODULE, LONGEST_FUNCTION = 300, 45


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__")


PATHS = sorted(path for package in ("indexer", "search_app") for path in (REPOSITORY / package).rglob("*.py"))
TREES = {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in PATHS}
FILES = {module_name(path): path.relative_to(REPOSITORY).as_posix() for path in PATHS}

EACH = pytest.mark.parametrize("module", TREES)


def imported(module: str, nodes: Iterator[ast.AST]) -> set[str]:
    """What import statements among ``nodes`` import: modules of ours by their full name, of others as written."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} imports by a relative name, at line {node.lineno}"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found.update(name if name in TREES else str(node.module) for name in names)
    return found - {module}


def imported_anywhere(module: str) -> set[str]:
    return imported(module, ast.walk(TREES[module]))


def imported_on_loading(module: str) -> set[str]:
    return imported(module, iter(TREES[module].body)) & TREES.keys()


def room(module: str) -> str:
    """The innermost room that ``module`` lies in."""
    rooms = [each for layer in LAYERS for each in layer]
    own = [each for each in rooms if each == module or (each.count(".") and module.startswith(f"{each}."))]
    assert own, f"{module} has no place among the layers; give it one"
    return max(own, key=len)


def layer(of_room: str) -> int:
    return next(number for number, rooms in enumerate(LAYERS) if of_room in rooms)


@EACH
def test_a_module_imports_only_from_its_own_room_and_the_layers_before(module: str) -> None:
    here = room(module)
    for target in imported_anywhere(module) & TREES.keys():
        there = room(target)
        assert there == here or layer(there) < layer(here) or {here, there} <= set(FACES), f"{module} imports {target}"


def test_the_search_app_imports_the_indexer_and_never_back() -> None:
    packages = {
        (module.partition(".")[0], target.partition(".")[0]) for module in TREES for target in imported_anywhere(module)
    }
    assert ("search_app", "indexer") in packages
    assert ("indexer", "search_app") not in packages


def test_the_product_needs_nothing_that_measures_it_or_tries_it() -> None:
    packages = {target.partition(".")[0] for module in TREES for target in imported_anywhere(module)}
    assert packages.isdisjoint({"bench", "cluster", "tests"})


def test_the_query_tree_imports_nothing_of_ours() -> None:
    assert imported_anywhere("indexer.query") & TREES.keys() == set()


def test_no_modules_import_one_another_in_a_circle() -> None:
    graph = {module: imported_on_loading(module) for module in TREES}
    assert set(TopologicalSorter(graph).static_order()) == set(TREES)


@EACH
def test_a_library_is_imported_only_where_it_is_at_home(module: str) -> None:
    for library in {name.partition(".")[0] for name in imported_anywhere(module)} & HOMES.keys():
        homes = HOMES[library]
        assert any(FILES[module] == home or (home.endswith("/") and FILES[module].startswith(home)) for home in homes)


@pytest.mark.parametrize("library", ["jieba", "rjieba", "opencc", "whoosh", "flask", "click", "pypinyin"])
def test_the_rule_for_a_library_is_about_a_library_in_use(library: str) -> None:
    assert any(library == name.partition(".")[0] for module in TREES for name in imported_anywhere(module))


@EACH
def test_a_module_says_what_it_is_for(module: str) -> None:
    assert ast.get_docstring(TREES[module])


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(module: str) -> list[Function]:
    return [node for node in ast.walk(TREES[module]) if isinstance(node, Function)]


def lines(function: Function) -> int:
    """How many lines a function has of its own, those of functions inside it not counted."""
    inner = [node for node in ast.walk(function) if isinstance(node, Function) and node is not function]
    covered = {line for each in inner for line in range(_first_line(each), _last_line(each) + 1)}
    return len(set(range(_first_line(function), _last_line(function) + 1)) - covered)


def _first_line(function: Function) -> int:
    return min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])


def _last_line(function: Function) -> int:
    return function.end_lineno or function.lineno


@EACH
def test_a_module_and_its_functions_are_short(module: str) -> None:
    assert len((REPOSITORY / FILES[module]).read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    assert {each.name: lines(each) for each in functions(module) if lines(each) > LONGEST_FUNCTION} == {}


@EACH
def test_every_parameter_and_result_has_its_type(module: str) -> None:
    for each in functions(module):
        given = [*each.args.posonlyargs, *each.args.args, *each.args.kwonlyargs, each.args.vararg, each.args.kwarg]
        bare = [a.arg for a in given if a is not None and a.annotation is None and a.arg not in ("self", "cls")]
        assert (bare, each.returns is None) == ([], False), f"{module}.{each.name}"


def test_every_folder_of_code_is_a_package() -> None:
    """Else an installation that is not editable leaves it out."""
    folders = {path.parent for path in PATHS}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []

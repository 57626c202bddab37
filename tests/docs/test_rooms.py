"""The house rules that import-linter cannot say: public faces, and importing does nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "osteon"
ROOT_NAMES_MOST = 20

# Run in a fresh interpreter: import every module, print each file of ours that is read and each call out.
IMPORT_ALL = """
import importlib, pkgutil, sys
package, seen = sys.argv[1], []
def watch(event, args):
    path = str(args[0]) if event == "open" else ""
    if path.startswith(package) and not path.endswith((".py", ".pyc")) and ".pyc." not in path:
        seen.append(path)
    if event == "socket.connect":
        seen.append(event)
sys.addaudithook(watch)
import osteon
for found in pkgutil.walk_packages(osteon.__path__, "osteon."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
print(*seen, sep="\\n", end="")
"""


def list_rooms() -> list[str]:
    return sorted(folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").is_file())


def list_imports(source: str, package: str) -> list[str]:
    """Every module that the source imports, written out in full; `package` resolves relative imports."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] + "." if node.level else ""
            found.append((base + (node.module or "")).rstrip("."))
    return found


def find_trespasses(source: str, package: str) -> list[str]:
    """Imports that reach past another room's front door."""
    own = package.split(".")[1:2]
    parts = [name.split(".") for name in list_imports(source, package)]
    return [".".join(p) for p in parts if p[0] == "osteon" and len(p) > 2 and p[1:2] != own]


def name_package(path: Path) -> str:
    return ".".join(path.parent.relative_to(PACKAGE.parent).parts)


def list_exports(path: Path) -> list[str] | None:
    """`__all__` as written, or None."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            return ast.literal_eval(node.value)
    return None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from osteon.therapy.doses import x", ["osteon.therapy.doses"]),
        ("import osteon.therapy.doses", ["osteon.therapy.doses"]),
        ("from ..therapy.doses import x", ["osteon.therapy.doses"]),
        ("from osteon.therapy import x", []),
        ("from osteon.evidence.tables import x", []),
        ("from .tables import x", []),
    ],
)
def test_a_trespass_is_seen(source, expected):
    assert find_trespasses(source, "osteon.evidence") == expected


def test_rooms_meet_at_their_front_doors():
    found = {
        str(path.relative_to(ROOT)): trespasses
        for path in sorted(PACKAGE.rglob("*.py"))
        if (trespasses := find_trespasses(path.read_text(encoding="utf-8"), name_package(path)))
    }
    assert found == {}


@pytest.mark.parametrize("room", list_rooms())
def test_a_room_says_what_is_public(room):
    assert list_exports(PACKAGE / room / "__init__.py")


def test_the_root_exports_few_names():
    assert len(list_exports(PACKAGE / "__init__.py") or []) <= ROOT_NAMES_MOST


def test_importing_does_nothing():
    command = [sys.executable, "-c", IMPORT_ALL, str(PACKAGE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr

"""The sentences that stand in a module's code, as a reader would get them: their figures filled in."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
ENGLISH = re.compile(r"(?<![\w`“‘{-])[A-Za-z]{2,}[,;]? (?:[a-z]{2,}|I)\b")
"""Two English words in a row, outside quotes and code."""
WHOLE = re.compile(r"\s*[A-Z7`“].*[.?!:]", re.DOTALL)
NO_SENTENCE = re.compile(r"\\|\(\?|^SELECT|^[A-Z_]+$|[_=]\w*\(|;$|^[a-z_]+: ?$|\|")


def sentences(path: Path) -> Iterator[str]:
    """Strings with two words in a row; not docstrings, patterns, SQL, nor what only a developer is told."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner = set(_parts(tree))
    for node in ast.walk(tree):
        if id(node) in inner or not isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
            continue
        text = _text(node)
        if text and WHOLE.fullmatch(text) and ENGLISH.search(_bare(text)) and not NO_SENTENCE.search(text):
            yield text


def _parts(tree: ast.AST) -> Iterator[int]:
    """Docstrings, and the pieces of what is one string: they are no sentences of their own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)
        elif isinstance(node, ast.JoinedStr) or (isinstance(node, ast.BinOp) and _text(node)):
            yield from (id(part) for part in ast.walk(node) if part is not node)
        elif isinstance(node, ast.Raise) and "ValueError" in ast.dump(node):
            yield from (id(part) for part in ast.walk(node))


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "7" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text(node.left), _text(node.right)
        return None if left is None and right is None else (left or "7") + (right or "7")
    return None


def _bare(text: str) -> str:
    return re.sub(r"`[^`]*`|“[^”]*”", "7", text)


def left_english(said: str) -> bool:
    return ENGLISH.search(_bare(said)) is not None

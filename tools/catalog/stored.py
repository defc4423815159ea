"""The catalogue's index as it is stored and read.

    home/index/current.json              which folder serves; replaced by rename
    home/index/<key>-<n>/manifest.json   what it was built from, and a checksum of every file
    home/index/<key>-<n>/products.parquet, texts.json, vectors.npy, keywords.npz
    home/index/<key>-<n>/chroma/         the store: every product, and every distinct text with its neighbours
    home/index/building-<n>/             a build under way, or the leftovers of one that was killed

Products that read the same share one text and one vector. In Chroma the products are one collection and the texts
another, because hundreds of equal vectors cut a nearest-neighbour graph into islands that a search never leaves.
Searches with a filter, and all searches of a catalogue that fits, are an exact scan in NumPy: Chroma's filter reads
the metadata of everything, and is slow. Chroma answers the unfiltered ones of catalogues past `EXACT_LIMIT` texts,
and is what runs as a server when one machine is not enough.
"""

import json
import sqlite3
import zlib
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tools.catalog.embedding import Embedder
from tools.catalog.keywords import KeywordIndex
from tools.failure import ToolFailure
from tools.vocabulary import Model

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

EXACT_LIMIT = 500_000
"""Distinct texts up to which the exact scan is used without a filter too (below 100 ms)."""
PRODUCTS, TEXTS = "products", "texts"
"""Chroma's collections."""
Objects = NDArray[np.object_]


class Manifest(Model):
    """`manifest.json`: what the index was built from, and how its files looked when the canaries passed."""

    key: str
    model_id: str
    catalog_sha: str
    products: int
    texts: int
    dimension: int
    checksums: dict[str, int]
    """Path inside the folder → what `checksums` found."""
    build_seconds: float


class Pointer(Model):
    folder: str


@dataclass(frozen=True)
class Coded:
    """A column of words as numbers: `values[word]` is its code, and missing ones have the code `len(values)`."""

    values: dict[str, int]
    codes: NDArray[np.int32]

    @classmethod
    def of(cls, column: Objects) -> "Coded":
        values = {value: code for code, value in enumerate(sorted({value for value in column if value is not None}))}
        codes = np.fromiter((values.get(value, len(values)) for value in column), dtype=np.int32, count=len(column))
        return cls(values, codes)


@dataclass(frozen=True)
class CatalogIndex:
    """An index, loaded. Arrays of n products and m distinct texts; `text_of` maps the first to the second."""

    folder: Path
    manifest: Manifest
    embedder: Embedder
    product_ids: Objects
    names: Objects
    """Cleaned up, for a customer to read."""
    sizes: Objects
    categories: Objects
    departments: Objects
    offerable: NDArray[np.bool_]
    text_of: NDArray[np.int32]
    texts: tuple[str, ...]
    """As they were embedded: name without size, and category."""
    kinds: tuple[str, ...]
    """Of each text, the name without size, as it stands within a sentence."""
    vectors: NDArray[np.float32]
    """Shape (m, d), each row of length 1."""
    keywords: KeywordIndex

    def __len__(self) -> int:
        return len(self.product_ids)

    @classmethod
    def load(cls, folder: Path, embedder: Embedder) -> "CatalogIndex":
        """Read an index folder whose checksums were found right."""
        import pyarrow.parquet as pq

        manifest = Manifest.model_validate_json((folder / "manifest.json").read_text("utf-8"))
        table = pq.read_table(folder / "products.parquet")
        column = {name: table.column(name).to_numpy() for name in table.column_names}
        said = json.loads((folder / "texts.json").read_text("utf-8"))
        texts = said["texts"]
        with np.load(folder / "keywords.npz") as parts:
            keywords = KeywordIndex(
                terms=tuple(json.loads(parts["terms"].tobytes())),
                starts=parts["starts"],
                rows=parts["rows"],
                weights=parts["weights"],
                size=len(texts),
            )
        return cls(
            folder=folder,
            manifest=manifest,
            embedder=embedder,
            product_ids=column["product_id"],
            names=column["name"],
            sizes=column["size"],
            categories=column["category"],
            departments=column["department"],
            offerable=column["offerable"].astype(bool),
            text_of=column["text_id"].astype(np.int32),
            texts=tuple(texts),
            kinds=tuple(said["kinds"]),
            vectors=np.load(folder / "vectors.npy"),
            keywords=keywords,
        )

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Product id to its row."""
        return {product_id: row for row, product_id in enumerate(self.product_ids)}

    def rows_of(self, text: int) -> NDArray[np.intp]:
        """The products that have a text."""
        order, starts = self._by_text
        return order[starts[text] : starts[text + 1]]

    @cached_property
    def category_codes(self) -> Coded:
        return Coded.of(self.categories)

    @cached_property
    def text_categories(self) -> NDArray[np.int32]:
        """The code of each text's category, that of its first product."""
        first = np.full(len(self.texts), -1)
        first[self.text_of[::-1]] = np.arange(len(self))[::-1]
        return np.asarray(self.category_codes.codes[first])

    @cached_property
    def department_codes(self) -> Coded:
        return Coded.of(self.departments)

    @cached_property
    def _by_text(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        counts = np.bincount(self.text_of, minlength=len(self.texts))
        return np.argsort(self.text_of, kind="stable"), np.concatenate([[0], np.cumsum(counts)])

    @cached_property
    def neighbours(self) -> "Collection":
        """Chroma's collection of the distinct texts, opened at the first use, after its canaries.

        Raises:
            ToolFailure: `index_damaged`.
        """
        from tools.catalog.canary import check_in_child

        if wrong := check_in_child(self.folder):
            message = f"the catalogue index is damaged: {wrong}; delete {self.folder} and plan again to rebuild it"
            raise ToolFailure("index_damaged", message, folder=str(self.folder))
        return chroma_client(self.folder).get_collection(TEXTS, embedding_function=None)


def chroma_client(folder: Path) -> Any:
    """Chroma over the files in `folder`, embedded, without telemetry."""
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder / "chroma"), settings=Settings(anonymized_telemetry=False))


def checksums(folder: Path) -> dict[str, int]:
    """A number for every file but the manifest, which changes when the file is damaged.

    CRC-32 of its bytes: accidents, not attacks, are what it must find. Chroma writes to its own files whenever it is
    opened, so of those it is the size, and of its SQLite file whether SQLite finds the structure whole; what that
    cannot tell, the canaries do before Chroma answers a search.
    """
    found: dict[str, int] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"):
        name = path.relative_to(folder).as_posix()
        if not name.startswith("chroma/"):
            found[name] = _crc(path)
        elif path.suffix == ".sqlite3":
            found[name] = _is_whole(path)
        elif path.suffix == ".bin":
            found[name] = path.stat().st_size
    return found


def _crc(path: Path) -> int:
    value = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            value = zlib.crc32(block, value)
    return value


def _is_whole(path: Path) -> int:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as con:
        try:
            [(found,)] = con.execute("pragma quick_check(1)").fetchall()
        except sqlite3.DatabaseError:
            return 0
    return int(found == "ok")

"""A shop's past as it was counted, kept on disk: the next plan of the same day, shop and model reads it.

    home/cache/recommend/<key>.bin      SHA-256 of the rest, then safetensors: nothing that runs when it is read

`<key>` hashes all that the count rests on. Co-purchase weights and what products mean are not in it: they have files
of their own. It is a cache: the `KEPT` used last stay, and what is missing or damaged is counted anew.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tools.failure import ToolFailure
from tools.response.recommend.lines import Catalogue
from tools.response.recommend.rhythm import Rhythm
from tools.response.recommend.seen import Seen
from tools.shop.layout import canonical_json, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from numpy.typing import NDArray

    from tools.response.recommend.ease import Ease

    Parts = Mapping[str, NDArray[Any]]
    Names = NDArray[np.str_]

KEPT = 2
"""Files that stay: a plan's, and that of another day or model."""
DIGEST = hashlib.sha256().digest_size
RHYTHMS = ("product", "kind", "category", "customer")
TABLES = ("sales", "amounts", "baskets")


def past_key(*what: str) -> str:
    """Of the shop's content, the day, the model, the index: whatever the count rests on."""
    return hashlib.sha256(canonical_json(what)).hexdigest()[:32]


def past_path(home: Path, key: str) -> Path:
    return home / "cache" / "recommend" / f"{key}.bin"


def read_past(path: Path) -> Parts | None:
    """What was kept there; null where nothing was.

    Raises:
        ToolFailure: `damaged_cache` where the file cannot be read or is not what was written.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        content = path.read_bytes()
        os.utime(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ToolFailure("damaged_cache", f"{path}: {error.strerror}", file=str(path)) from error
    body = memoryview(content)[DIGEST:]
    if hashlib.sha256(body).digest() != content[:DIGEST]:
        raise ToolFailure("damaged_cache", f"{path} is not what was written", file=str(path))
    try:
        parts: Parts = load(bytes(body))
    except SafetensorError as error:
        raise ToolFailure("damaged_cache", f"{path}: {error}", file=str(path)) from error
    return parts


def keep_past(path: Path, seen: Seen) -> None:
    """Write it whole, and remove all but the newest `KEPT`.

    Raises:
        OSError: the home cannot be written.
    """
    from safetensors.numpy import save

    body = save(_parts(seen))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, hashlib.sha256(body).digest() + body)
    found = sorted(path.parent.glob("*.bin"), key=lambda one: (one == path, one.stat().st_mtime_ns), reverse=True)
    for old in found[KEPT:]:
        old.unlink(missing_ok=True)


def catalogue_from(parts: Parts, vectors_of: Callable[[Names], NDArray[np.float32] | None]) -> Catalogue:
    """The catalogue of a kept past, with what its products mean."""
    products = _words(parts["catalogue.products"])
    vectors = vectors_of(products)
    empty = np.zeros((len(products), 0), dtype=np.float32)
    kind, category = parts["catalogue.kind"], parts["catalogue.category"]
    return Catalogue(products, kind, category, empty if vectors is None else vectors)


def seen_from(parts: Parts, catalogue: Catalogue, ease: Ease) -> Seen:
    """The past as it was counted, with the model's co-purchase weights."""
    of: dict[str, dict[str, NDArray[Any]]] = {name: {} for name in (*RHYTHMS, *TABLES)}
    for name, values in parts.items():
        table, _, column = name.partition(".")
        if table in of:
            of[table][column] = values
    product, kind, category, customer = (Rhythm(of[name].pop(""), of[name]) for name in RHYTHMS)
    return Seen(
        origin=int(parts["origin"][0]),
        customers=_words(parts["customers"]),
        catalogue=catalogue,
        product=product,
        kind=kind,
        category=category,
        customer=customer,
        sales=of["sales"],
        amounts=of["amounts"],
        baskets=of["baskets"],
        ease=ease,
    )


def _parts(seen: Seen) -> dict[str, NDArray[Any]]:
    """By name; a rhythm's keys stand under its own name and a dot."""
    parts: dict[str, NDArray[Any]] = {
        "origin": np.array([seen.origin]),
        "customers": _bytes(seen.customers),
        "catalogue.products": _bytes(seen.catalogue.products),
        "catalogue.kind": seen.catalogue.kind,
        "catalogue.category": seen.catalogue.category,
    }
    for name in RHYTHMS:
        table: Rhythm = getattr(seen, name)
        parts |= {f"{name}.": table.key, **{f"{name}.{column}": values for column, values in table.values.items()}}
    for name in TABLES:
        parts |= {f"{name}.{column}": values for column, values in getattr(seen, name).items()}
    return {name: np.ascontiguousarray(values) for name, values in parts.items()}


def _bytes(names: Names) -> NDArray[np.uint8]:
    """Names as UTF-8 of equal width, shape (n, width); NumPy pads them with zeros and takes these off again."""
    encoded = np.char.encode(names, "utf-8")
    return encoded.view(np.uint8).reshape(len(encoded), -1)


def _words(coded: NDArray[np.uint8]) -> Names:
    return np.char.decode(coded.view(f"S{coded.shape[1]}").ravel(), "utf-8")

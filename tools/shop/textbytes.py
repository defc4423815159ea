"""Whether a file is UTF-8 text at all, and if not, where not."""

import codecs
from pathlib import Path

from tools.failure import ToolFailure

CHUNK = 4 << 20


def check_text(path: Path) -> None:
    """Refuse what is not UTF-8 text, with the byte and the line.

    Raises:
        ToolFailure: `bad_file`; `empty_table` for a file of no bytes.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset, line = 0, 1
    with path.open("rb") as handle:
        head = handle.read(4)
        _check_magic(path, head)
        handle.seek(0)
        while True:
            chunk = handle.read(CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                at = offset - pending + error.start
                row = line + chunk[: max(0, error.start - pending)].count(10)
                message = (
                    f"{path} is not UTF-8: byte {at} in line {row} is "
                    f"0x{error.object[error.start]:02x}; save it as UTF-8 (it may be Windows-1252 or GB18030)"
                )
                raise ToolFailure("bad_file", message, file=str(path), byte=at) from error
            nul = chunk.find(0)
            if nul >= 0:
                where = f"byte {offset + nul} in line {line + chunk[:nul].count(10)}"
                message = f"{path} holds a NUL at {where}; it is no text, or UTF-16: save it as UTF-8"
                raise ToolFailure("bad_file", message, file=str(path), byte=offset + nul)
            if not chunk:
                return
            offset += len(chunk)
            line += chunk.count(10)


def _check_magic(path: Path, head: bytes) -> None:
    kinds = {
        codecs.BOM_UTF16_LE: "UTF-16; save it as UTF-8",
        codecs.BOM_UTF16_BE: "UTF-16; save it as UTF-8",
        b"PK\x03\x04": "a workbook or archive, not CSV; save the sheet as CSV (UTF-8)",
        b"\x1f\x8b": "compressed; unpack it first",
        b"PAR1": "Parquet; name it .parquet",
    }
    for magic, words in kinds.items():
        if head.startswith(magic):
            raise ToolFailure("bad_file", f"{path} is {words}", file=str(path))
    if not head:
        raise ToolFailure("empty_table", f"{path} is empty; it needs a header and rows", file=str(path))

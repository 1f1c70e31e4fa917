"""The archive around a `.pt2`: opened, checked, and written anew with what passed and no more.

What `torch.export.load` of torch 2.14 does with it (`torch/export/pt2_archive/_package.py`): sample
inputs and old-style weights go to `torch.load`, and again without `weights_only` when that fails
(`deserialize_torch_artifact`); payloads marked `use_pickle` go there at once; custom objects are
unpickled; libraries under `data/aotinductor/` are loaded. None of that is kept here, and since
torch reads the copy, it cannot read the file differently from us.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from torch.serialization import get_unsafe_globals_in_checkpoint

from irrvit.model.errors import BadProgram
from irrvit.model.sources.program.payloads import Payloads
from irrvit.model.sources.program.plain import make_plain
from irrvit.model.sources.program.regions import BadRegion, inlined
from irrvit.model.sources.program.schema import Program

_Record = TypeVar("_Record", bound=BaseModel)

_GRAPH = "models/model.json"
_SAMPLES = "data/sample_inputs/model.pt"
_CONFIGS = {
    "data/weights/": "data/weights/model_weights_config.json",
    "data/constants/": "data/constants/model_constants_config.json",
}
_MARKS = {"archive_format": b"pt2", "archive_version": b"0", "byteorder": b"little"}
_UNREAD = re.compile(r"\.data/(version|serialization_id)|extra/.*")
_RAW = re.compile(r"data/(weights/weight|constants/tensor)_[0-9]+")


class Checked(NamedTuple):
    """What is safe of a `.pt2`.

    Attributes:
        outputs: what they are called; "" for one that has no name.
        archive: for `torch.export`.
    """

    program: Program
    outputs: list[str]
    archive: io.BytesIO


def read(path: Path) -> Checked:
    """Check a `.pt2` and copy what is safe of it.

    Raises:
        BadProgram: naming the entry that is refused, and why.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = _entries(archive, path)
            contents = {name: archive.read(info) for name, info in entries.items()}
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise BadProgram(
            f"'{path}' is damaged or not a .pt2 file ({error}): expected one that "
            "torch.export.save wrote"
        ) from error
    return _checked(contents, path)


def _entries(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    # torch stores without compressing, so no more can come out than lies on the disk.
    if sum(info.file_size for info in infos) > path.stat().st_size:
        raise BadProgram(f"'{path}' unpacks to more than its own size: torch never writes that")
    root = infos[0].filename.partition("/")[0] if infos else ""
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.filename.removeprefix(f"{root}/")
        if name in entries:
            raise BadProgram(f"'{path}' has two entries '{info.filename}': torch never writes that")
        _check_name(info.filename, name, path)
        entries[name] = info
    for name in (_GRAPH, *_CONFIGS.values(), "archive_format", "archive_version"):
        if name not in entries:
            raise BadProgram(
                f"'{path}' has no entry '{name}': expected a file that torch.export.save of "
                "torch 2.9 or later wrote"
            )
    return entries


def _check_name(full: str, name: str, path: Path) -> None:
    known = {_GRAPH, _SAMPLES, *_CONFIGS.values(), *_MARKS}
    if name in known or _RAW.fullmatch(name) or _UNREAD.fullmatch(name):
        return
    reasons = {
        "data/aotinductor/": "compiled code, which would be run",
        "data/weights/": "weights in a pickle, which could run code",
        "data/constants/": "a pickled object, which could run code",
        "models/": "a second program",
    }
    reason = next((r for prefix, r in reasons.items() if name.startswith(prefix)), "unknown here")
    raise BadProgram(
        f"'{path}': the entry '{full}' is {reason}: expected a network that torch.export.save "
        "wrote as one program of plain tensors"
    )


def _checked(contents: dict[str, bytes], path: Path) -> Checked:
    for name, expected in _MARKS.items():
        if contents.get(name, expected) != expected:
            raise BadProgram(f"'{path}': '{name}' is {contents[name]!r}: expected {expected!r}")
    _check_samples(contents.get(_SAMPLES, b""), path)
    program = _parse(Program, _GRAPH, contents, path)
    held = {config: _parse(Payloads, config, contents, path) for config in _CONFIGS.values()}
    outputs = make_plain(program, held.values())
    clean = {_GRAPH: _dump(program), _SAMPLES: b"", ".data/version": b"6\n", **_MARKS}
    for folder, config in _CONFIGS.items():
        clean[config] = _dump(held[config])
        for payload in held[config].config.values():
            name = folder + payload.path_name
            if name not in contents:
                raise BadProgram(f"'{path}' has no entry '{name}', which '{config}' names")
            if not contents[name] and payload.elements:
                raise BadProgram(f"'{path}': the entry '{name}' is empty")
            clean[name] = contents[name]
    return Checked(program, outputs, _pack(clean))


def _check_samples(content: bytes, path: Path) -> None:
    """Look for code in the sample inputs; they are left out in any case."""
    if not content:
        return
    try:
        unsafe = get_unsafe_globals_in_checkpoint(io.BytesIO(content))
    # It reads opcodes only, and stumbles over a damaged pickle in as many ways as there are.
    except Exception as error:
        raise BadProgram(f"'{path}': the entry '{_SAMPLES}' is damaged ({error})") from error
    if unsafe:
        raise BadProgram(
            f"'{path}': the entry '{_SAMPLES}' is a pickle that would call {', '.join(unsafe)}; "
            "nothing of it was run: expected sample inputs that are plain tensors"
        )


def _parse(kind: type[_Record], name: str, contents: dict[str, bytes], path: Path) -> _Record:
    try:
        data = json.loads(contents[name])
        if kind is Program:
            # The others say which module was called with what, and nothing about the numbers.
            data["graph_module"]["module_call_graph"] = data["graph_module"]["module_call_graph"][
                :1
            ]
        record = kind.model_validate(data)
        if not isinstance(record, Program):
            return record
        clean = json.loads(_dump(record))
        return kind.model_validate({**clean, "graph_module": inlined(clean["graph_module"])})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise BadProgram(
            f"'{path}': the entry '{name}' is refused: {where} = {str(first['input'])[:120]!r} "
            f"{reason}"
        ) from error
    except BadRegion as error:
        raise BadProgram(f"'{path}' {error}") from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadProgram(
            f"'{path}': the entry '{name}' is not what torch.export.save writes ({error!r})"
        ) from error


def _dump(record: BaseModel) -> bytes:
    return json.dumps(record.model_dump(exclude_unset=True)).encode()


def _pack(contents: dict[str, bytes]) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in contents.items():
            archive.writestr(f"program/{name}", content)
    buffer.seek(0)
    return buffer

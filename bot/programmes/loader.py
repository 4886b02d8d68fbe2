"""Programme files in, frozen programmes out: read, resolve what is included, check, hash.

Everything wrong with a file is told at once, in file order. A fault in an included file names that file.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.programmes.cards import KINDS, About, Part, Variation
from bot.programmes.faults import Fault, FaultList, ProgrammeError, card_in_words, nearest, toml_in_words
from bot.programmes.lines import Path, Place, card_texts, line_numbers
from bot.programmes.names import check_names
from bot.programmes.programme import Programme

Raw = dict[str, Any]
PACKAGE = "prompts.programmes"


def load_programme(source_name: str, text: str, shared: Mapping[str, str]) -> Programme:
    """Read a programme from its text; `shared` holds the text of each file of cards it may include, by name.

    Raises ProgrammeError, which tells every fault with its line.
    """
    text = text.replace("\r\n", "\n")
    data, places = _read(source_name, text)
    includes = _includes(data, source_name, places, shared)
    resolved = [text]
    for name in includes:
        resolved += _include(name, shared[name], data, places)
    return _build(data, FaultList(places, source_name), "\n".join(resolved))


def load_stored(text: str) -> Programme:
    """Read a stored version again: the `source` of a Programme, in which what it includes is already written out."""
    data, places = _read("stored", text)
    return _build(data, FaultList(places, "stored"), text)


def load_file(path: FilePath) -> Programme:
    """Read a programme file; what it includes is looked for in `shared/` beside it, then among the built-in cards.

    Raises ProgrammeError, also when the file cannot be opened or is not text.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise ProgrammeError([Fault(path.name, 1, "there is no such file; check the name and the folder.")]) from None
    except (OSError, UnicodeDecodeError):
        raise ProgrammeError([Fault(path.name, 1, "this file cannot be read as text (UTF-8).")]) from None
    return load_programme(path.name, text, _shared_texts(_package()) | _shared_texts(path.parent))


@cache
def built_in() -> Mapping[str, Programme]:
    """Return the programmes that ship with Handrail, by key: those `offered.toml` lists, and drafts."""
    package = _package()
    shared = _shared_texts(package)
    offered = tomllib.loads((package / "offered.toml").read_text("utf-8"))["offered"]
    found = (
        load_programme(file.name, file.read_text("utf-8"), shared)
        for file in sorted(package.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml") and file.name != "offered.toml"
    )
    return {programme.key: replace(programme, offered=programme.key in offered) for programme in found}


def local(folder: FilePath) -> Mapping[str, Programme]:
    """Return the programmes of an organisation's own folder, by key; all are offered. Raises ProgrammeError."""
    found: dict[str, Programme] = {}
    for path in sorted(folder.glob("*.toml")):
        programme = load_file(path)
        if programme.key in found:
            line = line_numbers(programme.source)["programme", "key"]
            says = f'the key "{programme.key}" is already that of another file here; give this programme its own.'
            raise ProgrammeError([Fault(path.name, line, says)])
        found[programme.key] = replace(programme, offered=True)
    return found


def _package() -> Traversable:
    return files(PACKAGE)


def _shared_texts(folder: Traversable) -> dict[str, str]:
    shared = folder / "shared"
    if not shared.is_dir():
        return {}
    return {
        file.name.removesuffix(".toml"): file.read_text("utf-8")
        for file in shared.iterdir()
        if file.name.endswith(".toml")
    }


def _read(name: str, text: str) -> tuple[Raw, dict[Path, Place]]:
    """Read one text into plain cards and the place of each line. Raises ProgrammeError when it is not TOML."""
    try:
        return tomllib.loads(text), {path: Place(name, line) for path, line in line_numbers(text).items()}
    except tomllib.TOMLDecodeError as why:
        at = re.search(r"line (\d+)", str(why))
        line = int(at[1]) if at else text.rstrip("\n").count("\n") + 1
        raise ProgrammeError([Fault(name, line, toml_in_words(str(why)))]) from None


def _includes(data: Raw, file: str, places: dict[Path, Place], shared: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the shared files to include. Raises ProgrammeError when one is not there."""
    about = data.get("programme")
    asked = about.get("includes", ()) if isinstance(about, dict) else ()
    names = (asked,) if isinstance(asked, str) else tuple(name for name in asked if isinstance(name, str))
    faults = FaultList(places, file)
    for name in names:
        if name not in shared:
            says = f'there is no shared file "{name}".{nearest(name, shared)}'
            faults.add(("programme", "includes"), says)
    if faults.found:
        raise ProgrammeError(faults.found)
    return names


def _include(name: str, text: str, data: Raw, places: dict[Path, Place]) -> list[str]:
    """Add the cards of a shared file and return their texts; the programme's own card of the same name wins."""
    file = f"{name}.toml"
    text = text.replace("\r\n", "\n")
    cards, shared_places = _read(file, text)
    wanted: set[Path] = set()
    for kind, named in cards.items():
        mine = data.setdefault(kind, {})
        for card_name, card in named.items():
            if isinstance(mine, dict) and card_name not in mine:
                mine[card_name] = card
                wanted.add((kind, card_name))
    places.update({path: place for path, place in shared_places.items() if path[:2] in wanted})
    return [card for path, card in card_texts(text).items() if path[:2] in wanted]


def _build(data: Raw, faults: FaultList, source: str) -> Programme:
    """Check every card and name, and freeze them. Raises ProgrammeError with all that is wrong."""
    written = {kind: cards for kind, cards in data.items() if kind in KINDS and isinstance(cards, dict)}
    about = _check_card(("programme",), About, data.get("programme", {}), faults)
    built: dict[str, Any] = {kind: _check_kind(kind, model, data, faults) for kind, model in KINDS.items()}
    built["part"] = _check_parts(data.get("part", {}), faults)
    _check_kinds_known(data, faults)
    _check_variations(built["variation"], data, faults)
    programme = Programme(
        about=about or About.model_construct(key="", title="", participant="", lead="", source=()),
        source=source,
        content_hash=hashlib.sha256(source.encode()).hexdigest(),
        **built,
    )
    check_names(programme, written, faults)
    if faults.found:
        raise ProgrammeError(faults.found)
    return programme


def _check_kind(kind: str, model: type[BaseModel], data: Raw, faults: FaultList) -> dict[str, Any]:
    named = data.get(kind, {})
    if not isinstance(named, dict):
        faults.add((kind,), f"`{kind}` is outside any card; give it a heading like [{kind}.some-name].")
        return {}
    checked = {name: _check_card((kind, name), model, card, faults) for name, card in named.items()}
    return {name: card for name, card in checked.items() if card is not None}


def _check_parts(forms: Any, faults: FaultList) -> dict[str, dict[str, Any]]:
    if not isinstance(forms, dict):
        faults.add(("part",), "`part` is outside any card; give it a heading like [part.some-form.some-name].")
        return {}
    found: dict[str, dict[str, Any]] = {}
    for form, parts in forms.items():
        if not isinstance(parts, dict) or not all(isinstance(part, dict) for part in parts.values()):
            faults.add(("part", form), f"a part is headed [part.FORM.name], like [part.{form}.first].")
            continue
        checked = {name: _check_card(("part", form, name), Part, part, faults) for name, part in parts.items()}
        found[form] = {name: part for name, part in checked.items() if part is not None}
    return found


def _check_card(path: Path, model: type[BaseModel], value: Any, faults: FaultList) -> Any:
    if not isinstance(value, dict):
        faults.add(path, f"`{'.'.join(path)}` is outside any card; give it a heading like [{path[0]}.some-name].")
        return None
    try:
        return model.model_validate(value)
    except ValidationError as wrong:
        for error in wrong.errors():
            faults.add((*path, *(str(key) for key in error["loc"][:1])), card_in_words(error, path, model))
    return None


def _check_kinds_known(data: Raw, faults: FaultList) -> None:
    known = ("programme", "part", *KINDS)
    for kind in data:
        if kind not in known:
            says = f"[{kind}.…] is not a kind of card.{nearest(kind, known)} The kinds are: {', '.join(known)}."
            faults.add((kind,), says)


def _check_variations(variations: Mapping[str, Variation], data: Raw, faults: FaultList) -> None:
    """Check that each variation leaves a valid card behind."""
    for name, variation in variations.items():
        kind, _, of = variation.of.partition(".")
        card = data.get(kind, {}).get(of) if kind in KINDS and kind != "variation" else None
        if not isinstance(card, dict):
            faults.add(("variation", name, "of"), f'`of` names "{variation.of}", but there is no such card.')
        elif variation.model_extra:
            varied = KINDS[kind]
            for line, value in variation.model_extra.items():
                _check_varied_line(("variation", name, line), varied, card, value, faults)


def _check_varied_line(path: Path, model: type[BaseModel], card: Raw, value: Any, faults: FaultList) -> None:
    try:
        model.model_validate(card | {path[-1]: value})
    except ValidationError as wrong:
        for error in wrong.errors():
            if error["loc"][:1] == (path[-1],):
                faults.add(path, card_in_words(error, path[:2], model))

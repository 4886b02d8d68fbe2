"""The Web API: one table of methods with their arguments, scopes and tokens, and the one way a call goes through it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.practice.refusals import Json, RefusedError
from bot.practice.tokens import is_app_token, is_bot_token
from bot.practice.workspace import Workspace

Args = dict[str, Any]
_ALWAYS_TAKEN = {"token", "team_id"}  # Bolt's client adds the team to every call
Run = Callable[[Workspace, Args], Json]


@dataclass(frozen=True)
class Method:
    """Hold one method: its arguments with their kinds, those required, scopes of which one is enough, and its token."""

    name: str
    run: Run
    args: Mapping[str, str]
    required: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    needs: str = "bot"


def call(workspace: Workspace, methods: Mapping[str, Method], name: str, token: str, raw: Mapping[str, Any]) -> Json:
    """Answer one call as Slack would; whatever is refused comes back as `{"ok": false, …}`."""
    try:
        with workspace.lock:
            method = _find_method(methods, name)
            check_token(workspace, method.needs, token)
            need_scope(workspace, *method.scopes)
            args = read_args(method, raw)
            return {"ok": True, **method.run(workspace, args)}
    except RefusedError as refused:
        return refused.as_answer()


def _find_method(methods: Mapping[str, Method], name: str) -> Method:
    if name not in methods:
        raise RefusedError("unknown_method", req_method=name)
    return methods[name]


def check_token(workspace: Workspace, kind: str, token: str) -> None:
    """Refuse a missing, foreign, dead or wrong kind of token."""
    if kind == "any":
        return
    if not token:
        raise RefusedError("not_authed")
    if not (is_bot_token(token) or is_app_token(token)):
        raise RefusedError("invalid_auth")
    if (kind == "app") != is_app_token(token):
        raise RefusedError("not_allowed_token_type")
    if workspace.broken_token:
        raise RefusedError(workspace.broken_token)


def need_scope(workspace: Workspace, *scopes: str) -> None:
    """Refuse unless the app was granted one of these scopes."""
    if scopes and not workspace.scopes & set(scopes):
        raise RefusedError("missing_scope", needed=",".join(scopes), provided=",".join(sorted(workspace.scopes)))


def read_args(method: Method, raw: Mapping[str, Any]) -> Args:
    """Read arguments, from JSON or from a form where lists and objects come as strings; refuse unknown ones."""
    known = method.args
    unknown = sorted(set(raw) - set(known) - _ALWAYS_TAKEN)
    if unknown:
        raise RefusedError("invalid_arguments", messages=[f"[ERROR] unknown argument: {name}" for name in unknown])
    args = {name: _read(name, known[name], value) for name, value in raw.items() if name in known and value is not None}
    missing = [name for name in method.required if args.get(name) in (None, "")]
    if missing:
        raise RefusedError("invalid_arguments", messages=[f"[ERROR] missing required field: {n}" for n in missing])
    return args


def _read(name: str, kind: str, value: Any) -> Any:
    reader = _READERS[kind]
    try:
        return reader(value)
    except (TypeError, ValueError):
        message = f"[ERROR] invalid {kind} value [json-pointer:/{name}]"
        raise RefusedError("invalid_arguments", messages=[message]) from None


def _read_str(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ValueError


def _read_int(value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError
    return int(value)


def _read_bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() not in _BOOLS:
        raise ValueError
    return _BOOLS[str(value).lower()]


def _read_json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _read_words(value: Any) -> list[str]:
    words = value if isinstance(value, list) else str(value).split(",")
    return [str(word).strip() for word in words if str(word).strip()]


_BOOLS = {"true": True, "1": True, "false": False, "0": False}
_READERS: dict[str, Callable[[Any], Any]] = {
    "str": _read_str,
    "int": _read_int,
    "bool": _read_bool,
    "json": _read_json,
    "words": _read_words,
}

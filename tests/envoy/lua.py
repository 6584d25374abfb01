"""Envoy's scripts in the test process: LuaJIT 2.1 as in Envoy, or Lua 5.1 where lupa's wheel has no LuaJIT."""

import importlib
from typing import Any

from generator.render.envoy.xds import lua_file


def script(name: str, *, encoding: str | None = "utf-8") -> Any:
    """The global functions of a script, and `list` that makes a table; without an encoding texts are bytes on both sides."""
    try:
        module = importlib.import_module("lupa.luajit21")
    except ImportError:
        module = importlib.import_module("lupa.lua51")
    runtime = module.LuaRuntime(encoding=encoding)
    runtime.execute("function list(...) return {...} end")
    runtime.execute(lua_file(name))
    return runtime.globals()

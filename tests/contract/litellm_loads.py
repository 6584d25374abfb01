"""Run by LiteLLM's own Python: load each configuration named on the command line as `litellm --validate_config` does.

Prints one line per file: its path, a tab, and the number of deployments LiteLLM kept, or `error: ...`.
One process for all, since importing LiteLLM takes most of ten seconds.
"""

import asyncio
import sys

from litellm.proxy.proxy_server import ProxyConfig  # type: ignore[import-not-found,unused-ignore]  # noqa: TID251 (this runs in LiteLLM's environment)


async def _count(path: str) -> int:
    _, model_list, _ = await ProxyConfig().load_config(router=None, config_file_path=path)
    return len(model_list)


for path in sys.argv[1:]:
    try:
        print(f"{path}\t{asyncio.run(_count(path))}", flush=True)
    except Exception as error:  # noqa: BLE001 (whatever LiteLLM raises is the answer)
        print(f"{path}\terror: {error}", flush=True)

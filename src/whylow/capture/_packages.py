"""Which package a script misses, and the command that adds it."""

from __future__ import annotations

import importlib.util
import shlex
from collections.abc import Sequence

from whylow.exceptions import ScriptError
from whylow.keras2 import NotStoodInError

# Packages of the usual text classification script that are called as they are imported.
_SAME_NAME = frozenset({
    "datasets", "gensim", "jieba", "matplotlib", "nltk", "pandas", "plotly", "requests",
    "scikeras", "seaborn", "spacy", "textblob", "torch", "tqdm", "transformers",
    "wordcloud", "xgboost",
})  # fmt: skip
# Import names whose package is called otherwise.
_PACKAGES = {
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "keras_tuner": "keras-tuner",
    "mpl_toolkits": "matplotlib",
    "PIL": "pillow",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "tensorflow": "tensorflow-cpu",
    "tensorflow_addons": "tensorflow-addons",
    "tensorflow_hub": "tensorflow-hub",
    "umap": "umap-learn",
    "yaml": "pyyaml",
}


def missing_package(
    error: BaseException | None, script: str, args: Sequence[str] = ()
) -> ScriptError | None:
    """Turn the exception that ended a script into the command that adds a package.

    Args:
        error: `ScriptOutcome.error`.
        script: The script's path as it was given.
        args: Its arguments.

    Returns:
        An error that names the module and the command; `None` where the script did not
        end for want of a module.
    """
    if isinstance(error, NotStoodInError):
        ours = shlex.join(["run", script, *args])
        return ScriptError(f"{script}: {error}".replace("run SCRIPT", ours))
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    name = error.name.partition(".")[0]
    if _is_there(name):
        return None
    package = _PACKAGES.get(name, name.replace("_", "-"))
    command = shlex.join(["uv", "run", "--with", package, "whylow", "run", script, *args])
    own = (
        ""
        if name in _PACKAGES or name in _SAME_NAME
        else f" (unless {name}.py is your own file)"
    )
    return ScriptError(
        f"{script} imports `{error.name}`, which is not installed here; "
        f"this adds it{own}: {command}"
    )


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False

"""TensorFlow Ranking's losses and metrics without the rest of it, which newer TensorFlows lack."""
import importlib.util
import os
import sys
import types

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
_folder = os.path.dirname(importlib.util.find_spec("tensorflow_ranking").origin)
for _name, _path in (("tensorflow_ranking", _folder), ("tensorflow_ranking.python", _folder + "/python")):
    sys.modules[_name] = types.ModuleType(_name)
    sys.modules[_name].__path__ = [_path]

import tensorflow as tf  # noqa: E402,F401
from tensorflow_ranking.python import losses_impl, metrics_impl  # noqa: E402,F401

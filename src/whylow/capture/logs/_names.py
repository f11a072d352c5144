"""What a metric's name means, whichever tool printed it."""

from __future__ import annotations

import re

_TRAINERS = {  # Hugging Face Trainer, Lightning → the words that Keras uses
    "training_loss": "loss",
    "train_loss": "loss",
    "training loss": "loss",
    "validation_loss": "val_loss",
    "validation loss": "val_loss",
    "valid_loss": "val_loss",
}
_NO_METRICS = re.compile(
    r"(?:eval_|train_|test_|val_)?(?:runtime|samples_per_second|steps_per_second|samples|steps"
    r"|tokens_per_second|jit_compilation_time|model_preparation_time)"
    r"|grad_norm|total_flos|num_input_tokens_seen|num_tokens|v_num|step|steps|global_step|epoch"
    r"|_runtime|_timestamp|_step|.*_step|.*grad_norm.*"
)
_KNOWN = re.compile(
    r"(?:val_)?(?:.*_)?(?:loss|acc|accuracy|binary_accuracy|categorical_accuracy|f1|f1_score"
    r"|sparse_categorical_accuracy|auc|mae|mse|rmse|precision|recall|perplexity|kappa|mcc)"
    r"(?:_\d+)?"
)
_LEARNING_RATE = re.compile(r"lr|learning_rate|lr[-_/].*|learning rate", re.IGNORECASE)


def from_trainer(name: str) -> str | None:
    """Return Keras' word for a column of Lightning or the Trainer; `None` drops it."""
    plain = name.strip().lower().replace("-", "_").replace("/", "_")
    plain = _TRAINERS.get(plain, plain.replace(" ", "_"))
    plain = plain.removesuffix("_epoch")
    plain = _TRAINERS.get(plain, plain)
    if _NO_METRICS.fullmatch(plain):
        return None
    for prefix in ("eval_", "valid_", "validation_"):
        if plain.startswith(prefix):
            return "val_" + plain.removeprefix(prefix)
    for prefix in ("train_", "training_"):
        if plain.startswith(prefix):
            return plain.removeprefix(prefix)
    return plain


def is_known(name: str) -> bool:
    """Whether `name` is a metric that people log, so that a table of it is a history."""
    return _KNOWN.fullmatch(name.lower()) is not None


def is_learning_rate(name: str) -> bool:
    """Whether the column holds the learning rate, which is no measure of the model."""
    return _LEARNING_RATE.fullmatch(name) is not None


def is_accuracy(name: str) -> bool:
    """Whether the metric is a share of right answers, by its name."""
    plain = name.removeprefix("val_").lower()
    return plain in {"acc", "accuracy"} or plain.endswith(("_acc", "_accuracy"))


def same_metric(name: str) -> str:
    """Return one name for what different versions call `acc`, `accuracy`, …."""
    prefix = "val_" if name.startswith("val_") else ""
    plain = name.removeprefix("val_").lower()
    known = {
        "acc": "accuracy",
        "binary_accuracy": "accuracy",
        "binary_acc": "accuracy",
        "categorical_accuracy": "accuracy",
        "sparse_categorical_accuracy": "accuracy",
        "f1_score": "f1",
        "f1_m": "f1",
        "mean_absolute_error": "mae",
        "mean_squared_error": "mse",
    }
    return prefix + known.get(plain, plain)

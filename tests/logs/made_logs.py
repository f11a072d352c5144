"""Logs that people paste, made up: forms of tools we do not run, and hard cases."""

import html
import json

import log_renderings as forms

PLAIN = [
    {"loss": 0.6431, "accuracy": 0.6312, "val_loss": 0.5873, "val_accuracy": 0.7021},
    {"loss": 0.4822, "accuracy": 0.7805, "val_loss": 0.5147, "val_accuracy": 0.7466},
    {"loss": 0.3519, "accuracy": 0.8583, "val_loss": 0.5602, "val_accuracy": 0.7398},
]
OTHER = [
    {"loss": 0.6702, "accuracy": 0.5944, "val_loss": 0.6011, "val_accuracy": 0.6877},
    {"loss": 0.5203, "accuracy": 0.7489, "val_loss": 0.5308, "val_accuracy": 0.7340},
    {"loss": 0.4015, "accuracy": 0.8291, "val_loss": 0.5216, "val_accuracy": 0.7452},
]
MADE = {}


def _lists(read):
    return {name: list(values) for name, values in read.items()}


def _add(name, text, *reads, **more):
    MADE[name] = (text, [{"history": _lists(read)} for read in reads], more)


def _ending(name):
    return "csv" if "csv" in name else "json" if "json" in name else "log"


def _printed(epochs):
    return forms.expected(epochs, forms.keras)


for _name in (
    "keras1", "keras2_terminal", "keras2_checkpoints", "keras20_two", "keras3_notebook",
    "one_line", "wrapped", "wrapped_bars", "utf16", "csv", "csv_semicolon", "frame",
    "python_dict", "numpy_dict", "json_dict", "json_indented", "json_compact",
    "trainer_lines", "trainer_table", "trainer_markdown", "lightning", "lightning_csv",
):  # fmt: skip
    _text, _read = forms.RENDERINGS[_name](PLAIN)
    _add(f"form_{_name}.{_ending(_name)}", _text, _read)

_one, _read_one = forms.keras2(PLAIN)
_two, _read_two = forms.keras2(OTHER)
_CODE = """model = Sequential()
model.add(Embedding(20000, 64, input_length=maxlen))
model.add({})
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(X, y, validation_data=(Xv, yv), epochs=3, batch_size=32)
"""
_post = (
    f"I compare two models on my shop reviews.\n{_CODE.format('LSTM(16)')}gives\n{_one}\n"
    f"and with a GRU\n{_CODE.format('GRU(16)')}\n{_two}\nWhy worse (82.91% vs 85.83%)?"
)
_add("post_two_models.txt", _post, _read_one, _read_two, names=["LSTM", "GRU"],
     codes=["WL202", "WL402"])  # fmt: skip
_add("post_one_line.txt", " ".join(_post.split()), _read_one, _read_two,
     names=["LSTM", "GRU"], codes=["WL202"])  # fmt: skip
_attention = _CODE.format("LSTM(16, return_sequences=True)").replace(
    "model.add(Dense", "model.add(SeqSelfAttention())\nmodel.add(Dense"
)
_add(
    "post_attention.txt",
    f"```python\n{_CODE.format('LSTM(16)')}```\n{_one}\n```python\n{_attention}```\n{_two}",
    _read_one,
    _read_two,
    names=["no attention", "attention"],
    codes=["WL201", "WL202"],
)
_add("post_html.txt", "<pre><code>" + html.escape(_one).replace("[=", "&#91;=")
     + "</code></pre>", _read_one)  # fmt: skip
_add("log_and_history.txt", _one + "\n>>> print(history.history)\n"
     + forms.python_dict(PLAIN)[0], _read_one)  # fmt: skip
_add("headings.txt", f"Without dropout:\n{_one}\nWith dropout:\n{_two}", _read_one,
     _read_two, names=["Without dropout", "With dropout"])  # fmt: skip
_add("folds.txt", "".join(f"Fold {n}\n{text}" for n, text in
     enumerate((_one, _two, _one), 1)), _read_one, _read_two, _read_one)  # fmt: skip
_add("loop_of_single_epochs.log", "".join(forms.keras2([epoch])[0] for epoch in PLAIN),
     _read_one)  # fmt: skip
_cut = _one[: _one.rindex(" - val_accuracy") - 2]
_read_cut = _printed(PLAIN)
_add("cut_off_number.log", _cut, {**{k: v for k, v in _read_cut.items() if k[:3] != "val"},
     "val_loss": (*_read_cut["val_loss"][:2], None),
     "val_accuracy": (*_read_cut["val_accuracy"][:2], None)})  # fmt: skip
_running = _one + "Epoch 4/6\n 57/164 [=====>....] - ETA: 9s - loss: 0.2 - accuracy: 0.9"
_add("still_running.log", _running, _read_one)
_middle = _two[_two.index("Epoch 2") :]
_add("begins_late.log", _middle, {k: (None, *v[1:]) for k, v in _read_two.items()})
_add("constant.log", forms.keras3(
    [{**epoch, "accuracy": 0.5 + n / 1000, "val_accuracy": 0.5} for n, epoch in
     enumerate(PLAIN)])[0],
     _printed([{**epoch, "accuracy": 0.5 + n / 1000, "val_accuracy": 0.5} for n, epoch in
               enumerate(PLAIN)]), codes=["WL307"])  # fmt: skip
_table = (
    "| Training Loss | Epoch | Step | Validation Loss | Accuracy |\n|:--:|:--:|:--:|:--:|"
)
_table += ":--:|\n| No log | 1.0 | 63 | 0.5873 | 0.7021 |\n| 0.4822 | 2.0 | 126 | 0.5147 |"
_add(
    "model_card.md",
    f"# A model\n\n{_table} 0.7466 |\n\n### Versions\n",
    {
        "loss": (None, 0.4822),
        "val_loss": (0.5873, 0.5147),
        "val_accuracy": (0.7021, 0.7466),
    },
)
_state = {"best_metric": 0.75, "log_history": [
    {"epoch": 0.5, "learning_rate": 1e-05, "loss": 0.6431, "step": 30},
    {"epoch": 1.0, "eval_accuracy": 0.7021, "eval_loss": 0.5873, "eval_runtime": 1.1,
     "step": 63},
    {"epoch": 2.0, "learning_rate": 5e-06, "loss": 0.4822, "step": 126},
    {"epoch": 2.0, "eval_accuracy": 0.7466, "eval_loss": 0.5147, "step": 126}],
    "max_steps": 126}  # fmt: skip
_add("trainer_state.json", json.dumps(_state, indent=2),
     {"learning_rate": (1e-05, 5e-06), "loss": (0.6431, 0.4822),
      "val_accuracy": (0.7021, 0.7466), "val_loss": (0.5873, 0.5147)})  # fmt: skip
_cells = [
    {"cell_type": "code", "source": _CODE.format("LSTM(16)").splitlines(keepends=True),
     "outputs": [{"output_type": "stream", "name": "stdout",
                  "text": forms.keras3_terminal(PLAIN)[0].splitlines(keepends=True)}]},
    {"cell_type": "markdown", "source": ["That is all: loss: 0.1"]},
]  # fmt: skip
_whole = {"cells": _cells, "nbformat": 4}
# Not named .ipynb: linters would read it as one of ours.
_add("notebook_file.json", json.dumps(_whole, indent=1), _read_one)
_add("folders.txt", "No log here, only words about accuracy, loss and 10/12 folders.\n")

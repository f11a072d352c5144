"""A history, printed as each tool prints it.

A rendering takes epochs (one dict of numbers each) and returns the text and, number by
number, what was printed. Written after the tools' own sources, and by no code of ours.
"""

import json
import math
import textwrap

STEPS = 164
VALID = ("val_",)


def keras(value):
    """The `Progbar`'s format: four digits, or an exponent where that shows nothing."""
    if not math.isfinite(value):
        return str(value)
    return f"{value:.4f}" if abs(value) > 1e-3 else f"{value:.4e}"


def as_read(text):
    number = float(text)
    return number if math.isfinite(number) else None


def expected(epochs, show):
    """What the log holds to the printed digits; nan and infinity are null."""
    return {name: tuple(as_read(show(e[name])) for e in epochs) for name in epochs[0]}


def _items(epoch, names=None):
    return "".join(f" - {n}: {keras(epoch[n])}" for n in (names or epoch))


def _training(epoch):
    return [name for name in epoch if not name.startswith("val_")]


def keras2(epochs):
    lines = []
    for number, epoch in enumerate(epochs, 1):
        lines += [f"Epoch {number}/{len(epochs)}"]
        lines += [f"{STEPS}/{STEPS} [{'=' * 30}] - 49s 282ms/step{_items(epoch)}"]
    return "\n".join(lines) + "\n", expected(epochs, keras)


def keras1(epochs):
    text, read = keras2(epochs)
    text = text.replace("164/164", "10496/10496").replace(" 282ms/step", "")
    return "Train on 10496 samples, validate on 2624 samples\n" + text, read


def keras2_terminal(epochs):
    """Bars that overwrite each other, then `evaluate` and `predict`."""
    text = ""
    for number, epoch in enumerate(epochs, 1):
        text += f"Epoch {number}/{len(epochs)}\n"
        running = {name: epoch[name] * 1.5 for name in _training(epoch)}
        for step in (1, 57, 164):
            arrow = "=" * (step * 29 // 164) + ">" + "." * (29 - step * 29 // 164)
            line = f"{step:>3}/164 [{arrow}] - ETA: {164 - step}s{_items(running)}"
            text += "\r" + line + "\b" * len(line)
        text += f"\r164/164 [{'=' * 30}] - 49s 282ms/step{_items(epoch)}\n"
    for step in (1, 41, 82):
        text += f"\r{step}/82 [=====>....] - ETA: 0s - loss: 9.0000 - accuracy: 0.0001"
    text += f"\r82/82 [{'=' * 30}] - 1s 5ms/step - loss: 9.0000 - accuracy: 0.0001\n"
    return text + f"82/82 [{'=' * 30}] - 1s 5ms/step\n", expected(epochs, keras)


def keras2_checkpoints(epochs):
    """A callback speaks up between the last step and the validation."""
    text = ""
    for number, epoch in enumerate(epochs, 1):
        text += f"Epoch {number}/{len(epochs)}\n"
        text += f"163/164 [===>.] - ETA: 0s{_items(epoch, _training(epoch))}\n"
        text += f"Epoch {number:05d}: val_loss improved from inf to 0.18, saving model\n"
        text += f"82/82 [{'=' * 30}] - 1s 5ms/step\n"
        text += f"164/164 [{'=' * 30}] - 49s 282ms/step{_items(epoch)}\n\n"
    return text + "Epoch 9: early stopping\n", expected(epochs, keras)


def keras2_two(epochs):
    lines = []
    for number, epoch in enumerate(epochs, 1):
        lines += [f"Epoch {number}/{len(epochs)}"]
        lines += [f"164/164 - 49s{_items(epoch)} - 49s/epoch - 299ms/step"]
    return "\n".join(lines), expected(epochs, keras)


def keras20_two(epochs):
    lines = []
    for number, epoch in enumerate(epochs, 1):
        lines += [f"Epoch {number}/{len(epochs)}", f" - 49s{_items(epoch)}"]
    return "\n".join(lines) + "\n", expected(epochs, keras)


def keras3(epochs):
    lines = []
    for number, epoch in enumerate(epochs, 1):
        lines += [f"Epoch {number}/{len(epochs)}"]
        lines += [f"164/164 {'━' * 20} 49s 282ms/step{_items(epoch)}"]
    return "\n".join(lines) + "\n", expected(epochs, keras)


def keras3_file(epochs):
    """Into a file each update is a line of its own; `evaluate` over as many steps."""
    text = ""
    for number, epoch in enumerate(epochs, 1):
        text += f"Epoch {number}/{len(epochs)}\n"
        running = {name: epoch[name] * 1.5 for name in _training(epoch)}
        for step in (1, 90):
            text += f"{step:>3}/164 {'━' * 20} 1:0{step % 9} 282ms/step{_items(running)}\n"
        text += f"164/164 {'━' * 20} 0s 282ms/step{_items(epoch, _training(epoch))}\n"
        text += f"164/164 {'━' * 20} 49s 282ms/step{_items(epoch)}\n"
    text += f"  1/164 {'━' * 20} 5s 40ms/step - accuracy: 0.0001 - loss: 9.0000\n"
    return (
        text + f"164/164 {'━' * 20} 5s 40ms/step - accuracy: 0.0001 - loss: 9.0000\n",
        expected(epochs, keras),
    )


def keras3_terminal(epochs):
    text = ""
    for number, epoch in enumerate(epochs, 1):
        text += f"Epoch {number}/{len(epochs)}\r\n"
        for step in (1, 90, 164):
            filled = step * 20 // 164
            bar = f"\x1b[32m{'━' * filled}\x1b[0m\x1b[37m{'━' * (20 - filled)}\x1b[0m"
            items = _items(epoch) if step == 164 else _items(epoch, _training(epoch))
            line = f"\x1b[1m{step:>3}/164\x1b[0m {bar} \x1b[1m49s\x1b[0m 282ms/step{items}"
            text += "\b" * 40 + "\r" + line
        text += "\r\n"
    return text, expected(epochs, keras)


def keras3_notebook(epochs):
    """Copied from a page: the escape character is gone, the codes stay."""
    text, read = keras3_terminal(epochs)
    return text.replace("\x1b", "").replace("\b", "").replace("\r\n", "\n"), read


def keras3_two(epochs):
    lines = []
    for number, epoch in enumerate(epochs, 1):
        lines += [
            f"Epoch {number}/{len(epochs)}",
            f"164/164 - 49s - 299ms/step{_items(epoch)}",
        ]
    return "\n".join(lines) + "\n164/164 - 5s - 30ms/step - loss: 9.0000\n", expected(
        epochs, keras
    )


def one_line(epochs):
    """Pasted into a field that knows no line ends, with prose and code around."""
    text, read = keras2(epochs)
    before = "My code: model.fit(x, y, epochs=3) and the output is (Accuracy=98%): "
    return before + " ".join(
        text.split()
    ) + " What is wrong? Epoch by epoch it falls.", read


def wrapped(epochs):
    text, read = one_line(epochs)
    return "\n".join(textwrap.wrap(text, 80, break_long_words=False)), read


def wrapped_bars(epochs):
    """Each line of Keras 3 wrapped by a narrow window."""
    text, read = keras3(epochs)
    lines = [textwrap.fill(line, 72, break_on_hyphens=False) for line in text.splitlines()]
    return "\n".join(lines), read


def utf16(epochs):
    text, read = keras3(epochs)
    return ("\ufeff" + text).encode("utf-16-le"), read


def _table(epochs, separator):
    rows = [separator.join(["epoch", *epochs[0]])]
    for number, epoch in enumerate(epochs):
        rows.append(separator.join([str(number), *map(repr, epoch.values())]))
    return "\n".join(rows) + "\n", expected(epochs, repr)


def csv(epochs):
    return _table(epochs, ",")


def csv_semicolon(epochs):
    return _table(epochs, ";")


def frame(epochs):
    """A data frame of `History.history`, printed."""
    names = list(epochs[0])
    rows = ["   " + "  ".join(names)]
    rows += [
        f"{n}  " + "  ".join(f"{e[k]:.6f}" for k in names) for n, e in enumerate(epochs)
    ]
    return "\n".join(rows) + "\n", expected(epochs, "{:.6f}".format)


def _columns(epochs):
    return {name: [epoch[name] for epoch in epochs] for name in epochs[0]}


def python_dict(epochs):
    return f"print(history.history)\n{_columns(epochs)}\nDone.", expected(epochs, repr)


def numpy_dict(epochs):
    columns = _columns(epochs)
    inner = ", ".join(
        f"'{name}': [{', '.join(f'np.float32({v!r})' for v in values)}]"
        for name, values in columns.items()
    )
    return "{" + inner + "}", expected(epochs, repr)


def json_dict(epochs):
    return json.dumps(_columns(epochs)), expected(epochs, repr)


def json_indented(epochs):
    text = json.dumps({"model": "a", "history": _columns(epochs)}, indent=2)
    return text, expected(epochs, repr)


def json_compact(epochs):
    return json.dumps(_columns(epochs), separators=(",", ":")), expected(epochs, repr)


def _trainer_names(epoch):
    return {name.replace("val_", "eval_"): value for name, value in epoch.items()}


def trainer_lines(epochs):
    """Needs validation: without it the Trainer evaluates nothing."""
    lines = []
    for number, epoch in enumerate(epochs, 1):
        train = {k: v for k, v in epoch.items() if not k.startswith("val_")}
        held = {k: v for k, v in epoch.items() if k.startswith("val_")}
        lines.append(repr({**train, "grad_norm": 1.5, "epoch": float(number)}))
        held = _trainer_names(held) | {
            "eval_runtime": 1.2,
            "eval_samples_per_second": 900.1,
        }
        lines.append(repr({**held, "epoch": float(number)}))
    lines.append(
        repr({"train_runtime": 12.5, "train_loss": 0.9, "epoch": float(len(epochs))})
    )
    return "\n".join(lines).replace("inf", "Infinity"), expected(epochs, repr)


def trainer_table(epochs, separator="\t"):
    names = {"loss": "Training Loss", "val_loss": "Validation Loss"}
    shown = [name for name in epochs[0] if name == "loss" or name.startswith("val_")]
    head = [names.get(n, n.removeprefix("val_").title()) for n in shown]
    rows = [separator.join(["Epoch", *head])]
    for number, epoch in enumerate(epochs, 1):
        rows.append(separator.join([str(number), *(f"{epoch[n]:.6f}" for n in shown)]))
    kept = [{name: epoch[name] for name in shown} for epoch in epochs]
    return "\n".join(rows) + "\n", expected(kept, "{:.6f}".format)


def trainer_markdown(epochs):
    text, read = trainer_table(epochs, " | ")
    lines = [f"| {line} |" for line in text.splitlines()]
    lines.insert(1, "|:---:" * (lines[0].count("|") - 1) + "|")
    return "\n".join(lines), read


def lightning(epochs):
    text = ""
    for number, epoch in enumerate(epochs):
        items = ", ".join(
            f"{n if n.startswith('val_') else 'train_' + n}={v:.3f}"
            for n, v in epoch.items()
        )
        head = f"Epoch {number}: "
        text += f"\r{head} 50%|{'█' * 5}     | 82/164 [00:24<00:24,  3.32it/s, v_num=0]"
        text += (
            f"\r{head}100%|{'█' * 10}| 164/164 [00:49<00:00,  3.32it/s, v_num=0, {items}]"
        )
    return text + "\n", expected(epochs, "{:.3f}".format)


def lightning_csv(epochs):
    """`metrics.csv`: training and validation in rows of their own."""
    train = _training(epochs[0])
    held = [name for name in epochs[0] if name not in train]
    head = ["epoch", "step", *(f"train_{n}" for n in train), *held]
    rows = [",".join(head)]
    for number, epoch in enumerate(epochs):
        cells = [repr(epoch[n]) for n in held]
        rows.append(",".join([str(number), "9", *[""] * len(train), *cells]))
        cells = [repr(epoch[n]) for n in train]
        rows.append(",".join([str(number), "9", *cells, *[""] * len(held)]))
    return "\n".join(rows) + "\n", expected(epochs, repr)


RENDERINGS = {
    name: item
    for name, item in globals().items()
    if callable(item) and getattr(item, "__module__", "") == __name__ and name[0] != "_"
    and name not in {"keras", "as_read", "expected"}
}  # fmt: skip

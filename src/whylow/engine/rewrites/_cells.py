"""The cells of LSTM, GRU and SimpleRNN, taken apart for the time loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Activations that treat each number by itself.
_BY_THEMSELVES = (
    "tanh sigmoid relu linear hard_sigmoid hard_tanh elu selu softsign softplus gelu silu "
    "relu6 leaky_relu mish tanh_shrink exponential log_sigmoid"
).split()


@dataclass(frozen=True)
class Cell:
    """A recurrent cell of Keras.

    Args:
        keras: The cell.
        kind: What two cells must share to run in one loop.
        pointwise: `(projected, recurrent, states)`, `(D, G, B)` and states `(D, H, B)` →
            next states: the cell without its matrix products.
        summed: It reads the sum of both products alone, given as `recurrent`.
    """

    keras: Any
    kind: tuple[Any, ...]
    pointwise: Callable[[Any, Any, Any], tuple[Any, ...]]
    summed: bool

    def kernel(self) -> Any:
        """Return the input weights, `(F, G)`."""
        return self.keras.kernel.value

    def recurrent_kernel(self) -> Any:
        """Return the recurrent weights, `(H, G)`."""
        return self.keras.recurrent_kernel.value

    def input_bias(self) -> Any:
        """Return the bias of the projected inputs, `(G,)`, or `None`."""
        bias = self.keras.bias
        return bias if bias is None else bias.value[0] if self._two else bias.value

    def recurrent_bias(self) -> Any:
        """Return the bias of the recurrent product, `(G,)`, or `None`."""
        return self.keras.bias.value[1] if self._two else None

    def dropped(self, layer: Any, sequences: Any, states: Any, training: Any) -> Any:
        """Return the sequences with the cell's own dropout, drawn as Keras draws it."""
        layer._maybe_config_dropout_masks(self.keras, sequences[:, 0, :], states)
        mask = self.keras.get_dropout_mask(sequences[:, 0, :])
        layer._maybe_reset_dropout_masks(self.keras)
        return sequences if mask is None or not training else sequences * mask[:, None, :]

    @property
    def _two(self) -> bool:
        """Whether inputs and recurrent product each have a bias (GRU, `reset_after`)."""
        return self.keras.bias is not None and len(self.keras.bias.shape) == 2


def cell_of(layer: Any) -> Cell | str:
    """Return the cell of a recurrent layer, or say why it cannot be taken apart."""
    import keras

    cell = layer.cell
    makers = {
        keras.layers.LSTMCell: _lstm,
        keras.layers.GRUCell: _gru,
        keras.layers.SimpleRNNCell: _simple,
    }
    maker = makers.get(type(cell))
    if maker is None:
        return f"its cell is a {type(cell).__name__}"
    used = [cell.activation, getattr(cell, "recurrent_activation", None)]
    known = [getattr(keras.activations, name, None) for name in _BY_THEMSELVES]
    if any(activation is not None and activation not in known for activation in used):
        return "its activation may mix units"
    if cell.recurrent_dropout:
        return "it drops recurrent connections"
    if getattr(cell, "implementation", 2) != 2 and cell.dropout:
        return "it drops inputs for each gate by itself"
    if type(cell) is keras.layers.GRUCell and not cell.reset_after:
        return "its reset gate acts before the recurrent product"
    kind = (type(cell), cell.units, *map(id, used), cell.bias is not None)
    summed = type(cell) is not keras.layers.GRUCell
    return Cell(cell, kind, maker(cell), summed)


def _lstm(cell: Any) -> Any:
    import jax.numpy as jnp

    def pointwise(z: Any, r: Any, states: Any) -> tuple[Any, ...]:
        del z  # `r` holds the sum
        _, carry = states
        gates = jnp.split(r, 4, axis=-2)
        gate_in, forget, out = (
            cell.recurrent_activation(gates[number]) for number in (0, 1, 3)
        )
        carry = forget * carry + gate_in * cell.activation(gates[2])
        return out * cell.activation(carry), carry

    return pointwise


def _gru(cell: Any) -> Any:
    import jax.numpy as jnp

    def pointwise(z: Any, r: Any, states: Any) -> tuple[Any, ...]:
        (before,) = states
        (z_update, z_reset, z_new), (r_update, r_reset, r_new) = (
            jnp.split(part, 3, axis=-2) for part in (z, r)
        )
        update = cell.recurrent_activation(z_update + r_update)
        reset = cell.recurrent_activation(z_reset + r_reset)
        new = cell.activation(z_new + reset * r_new)
        return (update * before + (1 - update) * new,)

    return pointwise


def _simple(cell: Any) -> Any:
    def pointwise(z: Any, r: Any, states: Any) -> tuple[Any, ...]:
        del z, states  # `r` holds the sum
        return (r if cell.activation is None else cell.activation(r),)

    return pointwise

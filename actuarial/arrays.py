"""Reading arguments: numbers and arrays in, checked float arrays out."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


def numbers(values: ArrayLike, name: str) -> FloatArray:
    """``values`` as float64.

    Raises:
        ValueError: something in it is not a number.
    """
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be numbers") from None
    if np.isnan(array).any():
        raise ValueError(f"{name} must be numbers; there is a value that is not one (NaN)")
    return array


def not_negative(values: ArrayLike, name: str) -> FloatArray:
    """``values`` as float64, none below zero.

    Raises:
        ValueError: a value is below zero or not a number.
    """
    array = numbers(values, name)
    if (array < 0).any():
        raise ValueError(f"{name} must not be negative; the least is {array.min():g}")
    return array


def one_row(values: ArrayLike, name: str) -> FloatArray:
    """``values`` as a non-empty one-dimensional float64 array.

    Raises:
        ValueError: it is empty or has another number of dimensions.
    """
    array = numbers(values, name)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} must be a row of at least one number")
    return array


def same_kind(result: FloatArray, *arguments: ArrayLike) -> "float | FloatArray":
    """A float where every argument was a single number, else the array."""
    if all(np.ndim(argument) == 0 for argument in arguments):
        return float(result)
    return result


def ratio(numerator: ArrayLike, denominator: ArrayLike, otherwise: ArrayLike = 0.0) -> FloatArray:
    """Numerator over denominator where that is positive, and something else where it is not.

    Args:
        numerator: ``(...)``.
        denominator: broadcasts with it.
        otherwise: what stands where the denominator is not positive, NaN for instance.

    >>> ratio([1.0, 2.0], [4.0, 0.0], otherwise=1.0).tolist()
    [0.25, 1.0]
    """
    above, below = np.broadcast_arrays(
        np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    )
    result = np.array(np.broadcast_to(otherwise, above.shape), dtype=np.float64)
    np.divide(above, below, out=result, where=below > 0)
    return result

"""The innermost loop of the bound, in LLVM's instructions: numba makes no vector code of it by itself.

The best of the arcs so far stays in registers from one arc to the next.  LLVM makes of vectors what the processor has,
whatever the width of its registers.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_INT, _INDEX = ir.IntType(32), ir.IntType(64)


def _best_of(width: int) -> Any:
    """Return a function for compiled code that works on so many lanes."""
    vector = ir.VectorType(_INT, width)

    def best_of(_typing: Any, fresh: Any, out: Any, origin: Any, standing: Any, where: Any, gain: Any) -> Any:
        """Raise values in `fresh` to `gain` more than the best of some arcs.

        With `where` (row, lane, lanes, begin, end, column), all of them uint64, ``fresh[row + l]`` becomes at least the
        largest ``out[lanes * p + lane + l] + standing[column + p] + gain`` of all p in ``origin[begin:end]``, one at
        least.  The arrays hold int32, as `gain` is, in one piece; indices count their elements.  Nothing is checked.
        """
        return types.none(fresh, out, origin, standing, where, gain), generate

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        fresh, out, origin, standing = (
            context.make_array(kind)(context, builder, array).data
            for kind, array in zip(signature.args[:4], args[:4], strict=True)
        )
        row, lane, lanes, begin, end, column = (builder.extract_value(args[4], i) for i in range(6))

        def vector_at(array: Any, index: Any) -> tuple[Any, Any]:
            pointer = builder.bitcast(builder.gep(array, [index]), vector.as_pointer())
            values = builder.load(pointer)
            values.align = 4
            return pointer, values

        def more(values: Any, gain: Any) -> Any:
            empty = ir.Constant(vector, ir.Undefined)
            one = builder.insert_element(empty, gain, ir.Constant(_INT, 0))
            return builder.add(values, builder.shuffle_vector(one, empty, ir.Constant(vector, [0] * width)))

        def larger(one: Any, other: Any) -> Any:
            return builder.select(builder.icmp_signed(">", one, other), one, other)

        before = builder.basic_block
        loop, after = builder.append_basic_block("arc"), builder.append_basic_block("arrived")
        builder.branch(loop)
        builder.position_at_end(loop)
        arc, best = builder.phi(_INDEX), builder.phi(vector)
        place = builder.zext(builder.load(builder.gep(origin, [arc])), _INDEX)
        half_way = builder.load(builder.gep(standing, [builder.add(column, place)]))
        _, left = vector_at(out, builder.add(builder.mul(place, lanes), lane))
        better = larger(more(left, half_way), best)
        following = builder.add(arc, ir.Constant(_INDEX, 1))
        for phi, first, further in ((arc, begin, following), (best, ir.Constant(vector, [-(2**31)] * width), better)):
            phi.add_incoming(first, before)
            phi.add_incoming(further, loop)
        builder.cbranch(builder.icmp_unsigned("<", following, end), loop, after)
        builder.position_at_end(after)
        pointer, was = vector_at(fresh, row)
        builder.store(larger(more(better, args[5]), was), pointer).align = 4
        return context.get_dummy_value()

    return intrinsic(best_of)


best_of_8, best_of_16 = _best_of(8), _best_of(16)

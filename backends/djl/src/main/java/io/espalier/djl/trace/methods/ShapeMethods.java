package io.espalier.djl.trace.methods;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.espalier.djl.trace.session.Invocation;
import io.espalier.djl.trace.session.Methods;
import io.espalier.djl.trace.values.Settings;
import io.espalier.djl.trace.values.Shapes;
import io.espalier.djl.trace.values.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** What moves elements, or gives an array another shape. */
final class ShapeMethods {
  private ShapeMethods() {}

  static void register(Methods methods) {
    view(methods, "reshape", call -> reshape(call, dims(call)));
    view(methods, "flatten", ShapeMethods::flatten);
    view(methods, "expandDims", call -> call.ops().unsqueeze(call.self(), call.integer(0)));
    view(methods, "squeeze", ShapeMethods::squeeze);
    view(methods, "transpose", ShapeMethods::transpose);
    view(
        methods,
        "swapAxes",
        call -> call.ops().swap(call.self(), call.integer(0), call.integer(1)));
    view(methods, "broadcast", call -> call.ops().expand(call.self(), new Shape(dims(call))));
    methods.put("tile", call -> call.result(tile(call)));
    methods.put("repeat", call -> call.result(repeat(call)));
    methods.put("pad", call -> call.result(pad(call)));
    methods.put("flip", call -> call.result(flip(call)));
    methods.put("split", ShapeMethods::split);
    methods.put("concat", call -> call.result(call.ops().concat(withSelf(call), axis(call))));
    methods.put("stack", call -> call.result(stack(call)));
  }

  private static void view(Methods methods, String name, Function<Invocation, Value> function) {
    methods.put(name, call -> call.view(function.apply(call)));
  }

  private static long[] dims(Invocation call) {
    return (call.has(0, Shape.class) ? call.shape(0).getShape() : call.longs(0)).clone();
  }

  private static Value reshape(Invocation call, long... dims) {
    Value x = call.self();
    return Shapes.resolve(x.shape(), dims).equals(x.shape()) ? x : call.ops().reshape(x, dims);
  }

  private static Value flatten(Invocation call) {
    Value x = call.self();
    if (x.isScalar()) {
      return call.ops().reshape(x, 1);
    }
    int from = call.count() == 0 ? 0 : x.axis(call.integer(0));
    int to = call.count() == 0 ? x.rank() - 1 : x.axis(call.integer(1));
    long[] before = x.shape().slice(0, from).getShape();
    long[] after = x.shape().slice(to + 1).getShape();
    return reshape(
        call,
        LongStream.concat(
                LongStream.concat(Arrays.stream(before), LongStream.of(-1)), Arrays.stream(after))
            .toArray());
  }

  private static Value squeeze(Invocation call) {
    Value x = call.self();
    int[] ones = IntStream.range(0, x.rank()).filter(axis -> x.dim(axis) == 1).toArray();
    if (call.has(0, Integer.class)) {
      // an axis with more than one element stays
      int axis = x.axis(call.integer(0));
      ones = x.dim(axis) == 1 ? new int[] {axis} : new int[0];
    } else if (call.count() > 0) {
      ones = call.ints(0);
    }
    return call.ops().squeeze(x, ones);
  }

  private static Value transpose(Invocation call) {
    Value x = call.self();
    int[] axes =
        call.count() == 0
            ? IntStream.range(0, x.rank()).map(i -> x.rank() - 1 - i).toArray()
            : call.ints(0);
    return call.ops().transpose(x, axes);
  }

  /** The whole array again and again. */
  private static Value tile(Invocation call) {
    Value x = call.self();
    long[] repeats = repeats(call);
    while (x.rank() < repeats.length) {
      x = call.ops().unsqueeze(x, 0);
    }
    long[] dims = x.shape().getShape().clone();
    for (int i = 0; i < dims.length; i++) {
      dims[i] *= repeats[i];
    }
    return call.tape()
        .record("Tile", Settings.NONE, new Shape(dims), x.type(), x, call.tape().integers(repeats));
  }

  private static long[] repeats(Invocation call) {
    Value x = call.self();
    long[] repeats = new long[Math.max(1, x.rank())];
    if (call.count() == 2) {
      Arrays.fill(repeats, 1);
      repeats[x.axis(call.integer(0))] = call.integer(1);
      return repeats;
    }
    if (call.has(0, Number.class)) {
      Arrays.fill(repeats, call.integer(0));
      return repeats;
    }
    if (call.has(0, Shape.class)) {
      Shape to = call.shape(0);
      Arrays.fill(repeats, 1);
      for (int i = 1; i <= to.dimension(); i++) {
        long own = x.dim(x.rank() - i);
        long asked = to.get(to.dimension() - i);
        if (asked % own != 0) {
          throw new IllegalArgumentException(
              "an array of shape " + x.shape() + " cannot be repeated to " + to);
        }
        repeats[x.rank() - i] = asked / own;
      }
      return repeats;
    }
    long[] given = call.longs(0).clone();
    if (given.length < x.rank()) {
      throw new IllegalArgumentException(
          Arrays.toString(given) + " repeats do not fit an array of shape " + x.shape());
    }
    return given;
  }

  /** Each element again and again: an axis of its own for the repeats, which is then merged. */
  private static Value repeat(Invocation call) {
    Value x = call.self();
    long[] repeats = repeats(call);
    for (int axis = 0; axis < repeats.length; axis++) {
      if (repeats[axis] != 1) {
        Value apart = call.ops().unsqueeze(x, Math.min(axis + 1, x.rank()));
        int inner = apart.rank() == 1 ? 0 : axis + 1;
        long[] merged = x.isScalar() ? new long[] {1} : x.shape().getShape().clone();
        merged[axis] *= repeats[axis];
        apart = call.ops().expand(apart, Shapes.with(apart.shape(), inner, repeats[axis]));
        x = call.ops().reshape(apart, merged);
      }
    }
    return x;
  }

  /**
   * PyTorch lists the amounts from the innermost axis on, ONNX all the begins and then the ends.
   */
  private static Value pad(Invocation call) {
    Value x = call.self();
    long[] given = call.shape(0).getShape();
    long[] pads = new long[2 * x.rank()];
    long[] dims = x.shape().getShape().clone();
    for (int i = 0; i < given.length / 2; i++) {
      int axis = x.rank() - 1 - i;
      pads[axis] = given[2 * i];
      pads[x.rank() + axis] = given[2 * i + 1];
      dims[axis] += given[2 * i] + given[2 * i + 1];
    }
    return call.tape()
        .record(
            "Pad",
            Settings.of("mode", "constant"),
            new Shape(dims),
            x.type(),
            x,
            call.tape().integers(pads),
            call.tape().scalar(call.real(1), x.type()));
  }

  private static Value flip(Invocation call) {
    Value x = call.self();
    for (int given : call.ints(0)) {
      int axis = x.axis(given);
      x = call.ops().slice(x, axis, -1, -Long.MAX_VALUE, -1, x.dim(axis));
    }
    return x;
  }

  private static Object split(Invocation call) {
    Value x = call.self();
    int axis = x.axis(call.count() > 1 ? call.integer(1) : 0);
    List<Long> sizes = new ArrayList<>();
    if (call.has(0, long[].class)) {
      long from = 0;
      for (long index : call.longs(0)) {
        sizes.add(index - from);
        from = index;
      }
      sizes.add(x.dim(axis) - from);
    } else {
      long size = Math.max(1, x.dim(axis) / call.integer(0));
      for (long rest = x.dim(axis); rest > 0; rest -= size) {
        sizes.add(Math.min(size, rest));
      }
    }
    List<Value> pieces =
        sizes.size() == 1
            ? List.of(x)
            : call.ops().split(x, axis, sizes.stream().mapToLong(Long::longValue).toArray());
    NDList list = new NDList();
    pieces.forEach(piece -> list.add(call.view(piece)));
    return list;
  }

  private static int axis(Invocation call) {
    return call.count() > 1 ? call.integer(1) : 0;
  }

  private static List<Value> withSelf(Invocation call) {
    List<Value> all = new ArrayList<>(List.of(call.self()));
    all.addAll(call.has(0, NDArray.class) ? List.of(call.value(0)) : call.values(0));
    return all;
  }

  private static Value stack(Invocation call) {
    int axis = axis(call);
    List<Value> layers =
        withSelf(call).stream().map(array -> call.ops().unsqueeze(array, axis)).toList();
    return call.ops().concat(layers, axis);
  }
}

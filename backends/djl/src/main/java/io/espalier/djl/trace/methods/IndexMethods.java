package io.espalier.djl.trace.methods;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexAll;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexFixed;
import ai.djl.ndarray.index.dim.NDIndexNull;
import ai.djl.ndarray.index.dim.NDIndexSlice;
import ai.djl.ndarray.index.dim.NDIndexTake;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.espalier.djl.trace.session.Invocation;
import io.espalier.djl.trace.session.Methods;
import io.espalier.djl.trace.values.Literal;
import io.espalier.djl.trace.values.Settings;
import io.espalier.djl.trace.values.Untraceable;
import io.espalier.djl.trace.values.Value;
import java.util.ArrayList;
import java.util.List;

/** What picks elements by their position. */
final class IndexMethods {
  private static final long END = Long.MAX_VALUE;

  private IndexMethods() {}

  static void register(Methods methods) {
    methods.put("get", IndexMethods::get);
    methods.put("getScalar", call -> get(call, new NDIndex(call.longs(0))));
    methods.put("gather", call -> call.result(gatherElements(call)));
    methods.put("gatherNd", call -> call.result(gatherNd(call)));
    methods.put(
        "take",
        call -> {
          Value flat = call.ops().reshape(call.self(), -1);
          return call.result(call.ops().gather(flat, call.value(call.count() - 1), 0));
        });
    methods.put("oneHot", call -> call.result(oneHot(call)));
  }

  private static Object get(Invocation call) {
    // a manager may stand before the index
    int first = call.has(0, NDManager.class) ? 1 : 0;
    Object index = call.arg(first);
    if (index instanceof NDIndex given) {
      return get(call, given);
    } else if (index instanceof NDArray) {
      return get(call, new NDIndex("{}", index));
    } else if (index instanceof long[] fixed) {
      return get(call, new NDIndex(fixed));
    }
    return get(call, new NDIndex((String) index, (Object[]) call.arg(first + 1)));
  }

  private static NDArray get(Invocation call, NDIndex index) {
    Value x = call.self();
    int asked = (int) index.stream().filter(element -> !(element instanceof NDIndexNull)).count();
    if (asked > x.rank()) {
      throw new IllegalArgumentException(
          "an index of " + asked + " dimensions does not fit an array of shape " + x.shape());
    }
    if (index.stream().filter(NDIndexTake.class::isInstance).count() > 1) {
      throw new Untraceable("picks elements by several arrays of indices at once");
    }
    int rank = x.rank();
    int axis = 0;
    List<Integer> gone = new ArrayList<>();
    for (int i = 0; i <= index.getIndices().size(); i++) {
      if (i == index.getEllipsisIndex()) {
        axis += rank - asked;
      }
      if (i == index.getIndices().size()) {
        break;
      }
      NDIndexElement element = index.get(i);
      if (element instanceof NDIndexNull) {
        x = call.ops().unsqueeze(x, axis++);
      } else if (element instanceof NDIndexFixed fixed) {
        long at = fixed.getIndex();
        x = call.ops().slice(x, axis, at, at == -1 ? END : at + 1, 1, 1);
        gone.add(axis++);
      } else if (element instanceof NDIndexSlice slice) {
        x = slice(call, x, axis++, slice);
      } else if (element instanceof NDIndexTake take) {
        x = take(call, x, axis, call.session().value(take.getIndex()), gone);
        axis += take.getIndex().getShape().dimension();
      } else if (element instanceof NDIndexAll) {
        axis++;
      } else {
        throw new Untraceable("picks elements by a mask, so that their number depends on the data");
      }
    }
    return call.view(call.ops().squeeze(x, gone.stream().mapToInt(Integer::intValue).toArray()));
  }

  private static Value take(Invocation call, Value x, int axis, Value indices, List<Integer> gone) {
    if (!gone.isEmpty()) {
      throw new Untraceable("picks elements by numbers and by an array of indices at once");
    }
    if (indices.type() == DataType.BOOLEAN) {
      throw new Untraceable("picks elements by a mask, so that their number depends on the data");
    }
    return call.ops().gather(x, indices, axis);
  }

  private static Value slice(Invocation call, Value x, int axis, NDIndexSlice slice) {
    long n = x.dim(axis);
    long step = slice.getStep() == null ? 1 : slice.getStep();
    if (step < 1) {
      throw new Untraceable("takes a slice with a step of " + step);
    }
    Long min = slice.getMin();
    Long max = slice.getMax();
    long from = min == null ? 0 : clamp(min, n);
    long to = max == null ? n : clamp(max, n);
    long length = Math.max(0, (to - from + step - 1) / step);
    if (length == 0) {
      throw new Untraceable("takes an empty slice of an axis of " + n + " elements");
    }
    return length == n && step == 1
        ? x
        : call.ops().slice(x, axis, min == null ? 0 : min, max == null ? END : max, step, length);
  }

  private static long clamp(long index, long n) {
    return Math.max(0, Math.min(n, index < 0 ? index + n : index));
  }

  /** The element at an index along one axis, for each element of the indices. */
  private static Value gatherElements(Invocation call) {
    Value x = call.self();
    Value indices = call.ops().cast(call.value(0), DataType.INT64);
    return call.tape()
        .record(
            "GatherElements",
            Settings.of("axis", x.axis(call.integer(1))),
            indices.shape(),
            x.type(),
            x,
            indices);
  }

  /** The first axis of the indices lists the coordinates. */
  private static Value gatherNd(Invocation call) {
    Value x = call.self();
    Value indices = call.value(0);
    int depth = Math.toIntExact(indices.dim(0));
    if (depth == 1) {
      return call.ops().gather(x, call.ops().squeeze(indices, 0), 0);
    }
    int[] last = new int[indices.rank()];
    for (int i = 0; i < last.length; i++) {
      last[i] = (i + 1) % last.length;
    }
    Value listed = call.ops().transpose(call.ops().cast(indices, DataType.INT64), last);
    Shape shape = indices.shape().slice(1).addAll(x.shape().slice(depth));
    return call.tape().record("GatherND", Settings.NONE, shape, x.type(), x, listed);
  }

  private static Value oneHot(Invocation call) {
    Value indices = call.ops().cast(call.self(), DataType.INT64);
    int depth = call.integer(0);
    double on = call.count() == 4 ? call.real(1) : 1;
    double off = call.count() == 4 ? call.real(2) : 0;
    DataType type = call.count() == 1 ? DataType.FLOAT32 : call.type(call.count() - 1);
    Value values = call.tape().literal(new Literal.Data(new Shape(2), type, off, on));
    return call.tape()
        .record(
            "OneHot",
            Settings.of("axis", -1),
            indices.shape().add(depth),
            type,
            indices,
            call.tape().scalar(depth, DataType.INT64),
            values);
  }
}

package io.espalier.djl.trace.methods;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.SparseFormat;
import io.espalier.djl.trace.session.Invocation;
import io.espalier.djl.trace.session.Methods;
import io.espalier.djl.trace.session.SymbolicArray;
import io.espalier.djl.trace.values.Buffers;
import io.espalier.djl.trace.values.Untraceable;
import io.espalier.djl.trace.values.Value;
import java.nio.Buffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an array tells of itself, and where it belongs. */
final class ArrayMethods {
  private static final List<String> NOTHING =
      List.of("attach", "tempAttach", "returnResource", "detach", "close", "setRequiresGradient");

  private static final List<String> SAME = List.of("duplicate", "toDense", "scaleGradient");

  private static final List<String> READS =
      List.of("toByteBuffer", "toStringArray", "contentEquals", "allClose", "getGradient");

  private ArrayMethods() {}

  static void register(Methods methods) {
    methods.put("getShape", call -> call.self().shape());
    methods.put("getDataType", call -> call.self().type());
    methods.put("getDevice", call -> Device.cpu());
    methods.put("getSparseFormat", call -> SparseFormat.DENSE);
    methods.put("getManager", call -> call.session().manager());
    methods.put("getNDArrayInternal", call -> call.array().proxy());
    methods.put("getArray", call -> call.array().proxy());
    methods.put("hasGradient", call -> false);
    methods.put("isReleased", call -> false);
    methods.put("getUid", call -> "symbolic-" + System.identityHashCode(call.array()));
    methods.put("getName", call -> call.array().name());
    methods.put(
        "setName",
        call -> {
          call.array().rename((String) call.arg(0));
          return null;
        });
    methods.put("hashCode", call -> System.identityHashCode(call.array()));
    methods.put(
        "equals",
        call -> call.arg(0) instanceof NDArray other && SymbolicArray.from(other) == call.array());
    methods.put("toString", ArrayMethods::describe);
    methods.put("toDebugString", ArrayMethods::describe);
    for (String name : NOTHING) {
      methods.put(name, call -> null);
    }
    for (String name : SAME) {
      methods.put(name, call -> call.result(call.self()));
    }
    methods.put("stopGradient", call -> call.array().view(call.self()));
    methods.put("toDevice", call -> call.flag(1) ? call.result(call.self()) : call.array().proxy());
    for (String name : READS) {
      methods.put(
          name,
          call -> {
            throw new Untraceable(
                "reads the elements of an array ("
                    + name
                    + "), so that what it does depends on the data");
          });
    }
    methods.put("set", ArrayMethods::set);
    methods.put("setScalar", ArrayMethods::set);
    methods.put(
        "toType",
        call -> {
          Value cast = call.ops().cast(call.self(), call.type(0));
          return cast.index() == call.self().index() && !call.flag(1)
              ? call.array().proxy()
              : call.result(cast);
        });
    methods.put(
        "intern",
        call -> {
          call.array().become(call.value(0));
          return null;
        });
    methods.put(
        "getResourceNDArrays", call -> Arrays.asList(Objects.requireNonNull(call.array().proxy())));
  }

  /** An array may be filled from memory as a whole; parts of it may not be written. */
  private static @Nullable Object set(Invocation call) {
    if (!(call.arg(0) instanceof Buffer buffer)) {
      throw new Untraceable("writes elements into an array (" + call.name() + ")");
    }
    Value before = call.self();
    call.array()
        .become(call.tape().literal(Buffers.literal(buffer, before.shape(), before.type())));
    return null;
  }

  private static String describe(Invocation call) {
    NDArray array = call.array().proxy();
    return "symbolic array " + array.getShape() + " " + array.getDataType();
  }
}

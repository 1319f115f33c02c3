package io.espalier.djl.trace.methods;

import io.espalier.djl.trace.session.Methods;
import io.espalier.djl.trace.values.Value;

/** The methods of arrays that are known, of every family. */
public final class KnownMethods {
  private KnownMethods() {}

  /** What they do, by name. */
  public static Methods all() {
    Methods methods = new Methods();
    ArrayMethods.register(methods);
    ElementMethods.register(methods);
    ShapeMethods.register(methods);
    ReductionMethods.register(methods);
    IndexMethods.register(methods);
    LayerMethods.register(methods);
    RecurrentMethods.register(methods);
    for (String name : Methods.inPlace()) {
      methods.put(
          name,
          call -> {
            Value result = ElementMethods.compute(name.substring(0, name.length() - 1), call);
            Value before = call.self();
            if (!result.shape().equals(before.shape())) {
              throw new IllegalArgumentException(
                  name + " cannot change an array of shape " + before.shape() + " in place");
            }
            call.array().become(call.ops().cast(result, before.type()));
            return call.array().proxy();
          });
    }
    return methods;
  }
}

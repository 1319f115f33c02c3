package io.espalier.core.values;

import io.espalier.spi.Attributes;
import io.espalier.trace.Constant;
import io.espalier.trace.Dim;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Tensor;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

/** What two checkpoints of one network have in common. */
public final class Structure {
  private Structure() {}

  /**
   * A hash over nodes, attributes, names, shapes and integers of a network: everything but the
   * values of its floating-point parameters.
   */
  public static String fingerprint(Graph graph) {
    Sum sum = new Sum();
    for (Tensor tensor : graph.tensors()) {
      sum.text(tensor.name());
      List<Dim> declared = tensor.declared();
      sum.text(String.valueOf(declared));
      Constant constant = tensor.constant();
      if (constant != null) {
        Arrays.stream(constant.dims()).forEach(sum::number);
        if (constant.integer()) {
          Arrays.stream(constant.longs()).forEach(sum::number);
        }
      }
    }
    for (GraphNode node : graph.nodes()) {
      sum.text(node.op().toString());
      sum.number(node.opset());
      sum.text(node.inputs() + " " + node.captured() + " " + node.outputs());
      add(sum, node.attributes());
    }
    sum.text(graph.inputs() + " " + graph.outputs());
    return HexFormat.of().formatHex(sum.digest());
  }

  private static void add(Sum sum, Attributes attributes) {
    for (String name : new TreeSet<>(attributes.names())) {
      sum.text(name);
      sum.number(attributes.number(name, 0));
      sum.number(Double.doubleToRawLongBits(attributes.real(name, 0)));
      sum.text(attributes.text(name, ""));
      attributes.numbers(name).ifPresent(numbers -> Arrays.stream(numbers).forEach(sum::number));
      attributes
          .reals(name)
          .ifPresent(
              reals ->
                  Arrays.stream(reals).mapToLong(Double::doubleToRawLongBits).forEach(sum::number));
      attributes.texts(name).ifPresent(texts -> Arrays.stream(texts).forEach(sum::text));
    }
  }
}

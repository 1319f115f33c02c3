package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How large a model's functions become when each call gives way to the nodes of its function. A
 * function that calls another twice, which calls a third one twice, and so on, fits into a few
 * lines and fills any memory; this is known before anything is spelled out, here or by a runtime.
 */
final class FunctionSizes {
  /** Whoever has a larger network raises these, as the messages say. */
  private static final long MOST_NODES = Long.getLong("espalier.functions.nodes", 1_000_000);

  private static final int DEEPEST = Integer.getInteger("espalier.functions.depth", 500);

  /** Names grow with the depth: each begins with those of the calls around it. */
  private static final long MOST_NAME_BYTES = Long.getLong("espalier.functions.names", 256_000_000);

  private final String model;
  private final Map<String, FunctionProto> functions = new HashMap<>();
  private final Map<String, Size> sizes = new HashMap<>();

  /**
   * What a list of nodes becomes.
   *
   * @param nodes how many they are
   * @param names bytes in the names of nodes and tensors
   * @param depth how deeply calls lie in each other
   */
  private record Size(long nodes, long names, int depth) {
    static final Size NONE = new Size(0, 0, 0);

    Size plus(Size other) {
      return new Size(
          sum(nodes, other.nodes), sum(names, other.names), Math.max(depth, other.depth));
    }

    /** The size of a call: all names inside begin with that of the call. */
    Size called(int nameLength) {
      return new Size(nodes, sum(names, product(nodes, 2L * nameLength)), depth + 1);
    }

    private static long sum(long a, long b) {
      long sum = a + b;
      return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private static long product(long a, long b) {
      return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
    }
  }

  private FunctionSizes(String model, List<FunctionProto> functions) {
    this.model = model;
    functions.forEach(
        function ->
            this.functions.put(
                key(function.getDomain(), function.getName(), function.getOverload()), function));
  }

  static String key(String domain, String name, String overload) {
    return OnnxModel.domain(domain) + ":" + name + ":" + overload;
  }

  /**
   * Checks that the functions of a model can be spelled out.
   *
   * @throws OnnxFileException if they would become too many nodes, lie too deeply in each other, or
   *     call themselves
   */
  static void check(String model, List<FunctionProto> functions, List<NodeProto> nodes) {
    if (!functions.isEmpty()) {
      new FunctionSizes(model, functions).check(nodes);
    }
  }

  private void check(List<NodeProto> nodes) {
    functions.keySet().forEach(this::measure);
    Size size = size(nodes);
    if (size.depth() > DEEPEST) {
      throw refused(
          "lie " + size.depth() + " deep in each other, more than " + DEEPEST, "depth=10000");
    }
    if (size.nodes() > MOST_NODES) {
      throw refused(
          "come to "
              + count(size.nodes())
              + " nodes when they are spelled out, more than "
              + MOST_NODES,
          "nodes=10000000");
    }
    if (size.names() > MOST_NAME_BYTES) {
      throw refused(
          "come to "
              + count(size.names())
              + " bytes of names when they are spelled out, more than "
              + MOST_NAME_BYTES,
          "names=2000000000");
    }
  }

  private static String count(long number) {
    return number == Long.MAX_VALUE ? "2^63" : Long.toString(number);
  }

  private OnnxFileException refused(String what, String setting) {
    return new OnnxFileException(
        "the functions of "
            + model
            + " "
            + what
            + "; write the network out when exporting it, or allow more with"
            + " -Despalier.functions."
            + setting);
  }

  /** Measures a function after those that it calls, however deeply they lie in each other. */
  private void measure(String first) {
    Deque<String> open = new ArrayDeque<>(List.of(first));
    Set<String> begun = new HashSet<>();
    while (!open.isEmpty()) {
      String key = open.peek();
      FunctionProto function = functions.get(key);
      if (function == null || sizes.containsKey(key)) {
        open.pop();
        continue;
      }
      List<String> missing = new ArrayList<>();
      for (NodeProto node : all(function.getNodeList())) {
        String callee = key(node.getDomain(), node.getOpType(), node.getOverload());
        if (functions.containsKey(callee) && !sizes.containsKey(callee)) {
          missing.add(callee);
        }
      }
      if (missing.isEmpty()) {
        sizes.put(key, size(function.getNodeList()));
        open.pop();
      } else if (begun.add(key)) {
        missing.forEach(open::push);
      } else {
        // a function that calls itself never ends; such calls stay as they are
        sizes.put(key, new Size(function.getNodeCount(), 0, 1));
        open.pop();
      }
    }
  }

  private Size size(List<NodeProto> nodes) {
    Size size = Size.NONE;
    for (NodeProto node : all(nodes)) {
      String called = key(node.getDomain(), node.getOpType(), node.getOverload());
      requireFitting(node, functions.get(called));
      Size callee = sizes.get(called);
      int name = Math.max(node.getName().length(), node.getOpType().length()) + 1;
      size = size.plus(callee == null ? new Size(1, 2L * name, 0) : callee.called(name));
    }
    return size;
  }

  /** ONNX Runtime ends the whole process where a call gives more than its function takes. */
  private void requireFitting(NodeProto call, @Nullable FunctionProto function) {
    if (function == null) {
      return;
    }
    requireFitting(call, "inputs", call.getInputCount(), function.getInputCount());
    requireFitting(call, "outputs", call.getOutputCount(), function.getOutputCount());
  }

  private void requireFitting(NodeProto call, String what, int given, int taken) {
    if (given > taken) {
      throw new OnnxFileException(
          "node '"
              + call.getName()
              + "' of "
              + model
              + " calls the function "
              + call.getOpType()
              + " with "
              + given
              + " "
              + what
              + ", and it has "
              + taken
              + "; export the network again");
    }
  }

  /** Nodes, and those of the graphs in their attributes. */
  private static List<NodeProto> all(List<NodeProto> nodes) {
    List<NodeProto> all = new ArrayList<>(nodes);
    for (int i = 0; i < all.size(); i++) {
      for (AttributeProto attribute : all.get(i).getAttributeList()) {
        all.addAll(attribute.getG().getNodeList());
        for (GraphProto graph : attribute.getGraphsList()) {
          all.addAll(graph.getNodeList());
        }
      }
    }
    return all;
  }
}

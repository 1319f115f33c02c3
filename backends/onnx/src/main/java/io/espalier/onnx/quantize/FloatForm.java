package io.espalier.onnx.quantize;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.values.Manifest;
import io.espalier.core.values.Precision;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.TensorSource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A model with the nodes that it had before its weights were written in eight bits. Its weights are
 * zeros, in their place and of their shape: what they were, the integers do not tell.
 */
public final class FloatForm {
  private final OnnxModel model;
  private final OnnxEdit edit;
  private final Map<String, Integer> producers = new HashMap<>();
  private final Set<Integer> removed = new HashSet<>();
  private final Set<String> weights = new HashSet<>();
  private final List<String> wrong = new ArrayList<>();
  private Precision precision = Precision.INT8;

  /**
   * The model as it was.
   *
   * @param model without integers
   * @param precision what its weights are written as
   * @param wrong what is not as a manifest says, a sentence each
   */
  public record Undone(OnnxModel model, Precision precision, List<String> wrong) {
    public Undone {
      wrong = List.copyOf(wrong);
    }
  }

  private FloatForm(OnnxModel model) {
    this.model = model;
    this.edit = new OnnxEdit(model);
    for (int i = 0; i < model.nodes().size(); i++) {
      for (String output : model.nodes().get(i).getOutputList()) {
        producers.put(output, i);
      }
    }
  }

  /**
   * Puts nodes back.
   *
   * @param original the network that the model was carved from, with the nodes as they were
   */
  public static Undone of(OnnxModel model, OnnxModel original, List<Manifest.Quantised> quantised) {
    Map<String, NodeProto> before = new HashMap<>();
    original.nodes().forEach(node -> before.put(node.getOutput(0), node));
    FloatForm form = new FloatForm(model);
    for (Manifest.Quantised entry : quantised) {
      form.undo(entry, before.get(entry.output()));
    }
    form.removed.forEach(form.edit::removeNode);
    return new Undone(form.edit.toModel(), form.precision, form.wrong);
  }

  private void undo(Manifest.Quantised entry, @Nullable NodeProto was) {
    try {
      if (was == null || entry.input() >= was.getInputCount()) {
        throw new Unlike();
      }
      if (was.getOpType().equals("Gather")) {
        if (isCodes(entry.output())) {
          codes(entry, was);
        } else {
          table(entry, was);
        }
      } else {
        product(entry, was);
      }
    } catch (Unlike e) {
      wrong.add(
          "what makes '"
              + entry.output()
              + "' is not what quantising '"
              + entry.initializer()
              + "' writes");
    }
  }

  private void table(Manifest.Quantised entry, NodeProto was) throws Unlike {
    int last = producer(entry.output(), "Mul");
    int cast = inner(input(last, 0), "Cast");
    int integers = inner(input(cast, 0), "Gather");
    int scales = inner(input(last, 1), "Gather");
    String stored = input(integers, 0);
    edit.replaceNode(
        last,
        was.toBuilder().setInput(0, entry.initializer()).setInput(1, input(integers, 1)).build());
    restore(entry.initializer(), stored, dims -> dims, List.of(stored, input(scales, 0)));
  }

  private boolean isCodes(String output) {
    Integer last = producers.get(output);
    return last != null && model.nodes().get(last).getOpType().equals("Reshape");
  }

  private void codes(Manifest.Quantised entry, NodeProto was) throws Unlike {
    precision = Precision.INT8_CODES;
    int last = producer(entry.output(), "Reshape");
    int fours = inner(input(last, 0), "Gather");
    int places = inner(input(fours, 1), "Add");
    int cast = inner(input(places, 0), "Cast");
    int picked = inner(input(cast, 0), "Gather");
    int whole = inner(input(last, 1), "Concat");
    inner(input(whole, 0), "Shape");
    String stored = input(picked, 0);
    edit.replaceNode(
        last,
        was.toBuilder().setInput(0, entry.initializer()).setInput(1, input(picked, 1)).build());
    restore(
        entry.initializer(),
        stored,
        dims -> new long[] {dims[0], dims[1] * TableCodes.WIDTH},
        List.of(stored, input(places, 1), input(fours, 0), input(whole, 1)));
  }

  private void product(Manifest.Quantised entry, NodeProto was) throws Unlike {
    NodeProto.Builder node = was.toBuilder().setInput(1, entry.initializer());
    boolean bias = was.getInputCount() > 2 && !was.getInput(2).isEmpty();
    int last = producer(entry.output(), bias ? "Add" : "Mul");
    if (bias) {
      node.setInput(2, input(last, 1));
    }
    int scaled = bias ? inner(input(last, 0), "Mul") : last;
    int cast = inner(input(scaled, 0), "Cast");
    int scales = inner(input(scaled, 1), "Mul");
    int sums = inner(input(cast, 0), "MatMulInteger");
    int rounded = inner(input(sums, 0), "DynamicQuantizeLinear");
    edit.replaceNode(last, node.setInput(0, input(rounded, 0)).build());
    String stored = input(sums, 1);
    boolean turned =
        was.getAttributeList().stream()
            .anyMatch(a -> a.getName().equals("transB") && a.getI() != 0);
    restore(
        entry.initializer(),
        stored,
        dims -> turned ? new long[] {dims[1], dims[0]} : dims,
        List.of(stored, input(scales, 1), input(sums, 3)));
  }

  /**
   * Puts zeros in the place of what is stored of a weight.
   *
   * @param shape the weight's, by that of its integers
   */
  private void restore(
      String weight, String stored, UnaryOperator<long[]> shape, List<String> parts) throws Unlike {
    if (!weights.add(weight)) {
      return;
    }
    OnnxTensor integers = model.initializers().get(stored);
    if (integers == null || integers.rank() != 2 || model.initializers().containsKey(weight)) {
      throw new Unlike();
    }
    for (String part : parts) {
      if (!model.initializers().containsKey(part)) {
        throw new Unlike();
      }
      edit.removeInitializer(part);
    }
    long[] dims = shape.apply(integers.dims());
    ByteBuffer zeros = ByteBuffer.allocate(Math.toIntExact(dims[0] * dims[1] * Float.BYTES));
    edit.addInitializer(TensorSource.ofBytes(weight, DataTypes.FLOAT, zeros, dims));
  }

  private int inner(String value, String operator) throws Unlike {
    int node = producer(value, operator);
    removed.add(node);
    return node;
  }

  private int producer(String value, String operator) throws Unlike {
    Integer index = producers.get(value);
    if (index == null || !model.nodes().get(index).getOpType().equals(operator)) {
      throw new Unlike();
    }
    return index;
  }

  private String input(int node, int input) throws Unlike {
    if (input >= model.nodes().get(node).getInputCount()) {
      throw new Unlike();
    }
    return model.nodes().get(node).getInput(input);
  }

  /** Nodes are not those that quantising writes. */
  private static final class Unlike extends Exception {
    private static final long serialVersionUID = 1;
  }
}

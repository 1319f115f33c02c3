package io.espalier.onnx.quantize;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.values.Precision;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxFileException;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.TensorSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Writes the weights of a model in eight bits: matrices with a scale for each column, multiplied
 * with activations that are rounded while the model runs, and tables with a scale for each row. The
 * same model always gives the same bytes.
 */
public final class Quantiser {
  /** The first operator set with DynamicQuantizeLinear. */
  private static final long FIRST_OPSET = 11;

  /** From this version of the format on, initializers need not be listed among the inputs. */
  private static final long FIRST_IR = 4;

  private final OnnxModel model;
  private final OnnxEdit edit;
  private final Weights weights;
  private final Names names;
  private final Precision precision;
  private final Map<String, StoredParts> parts = new LinkedHashMap<>();
  private final Map<String, Arrangement> written = new HashMap<>();
  private final Map<String, String> left;

  private Quantiser(OnnxModel model, Precision precision) {
    this.model = model;
    this.precision = precision;
    this.edit = new OnnxEdit(model);
    this.weights = new Weights(model);
    this.names = new Names(model);
    this.left = new TreeMap<>(weights.left());
  }

  /** As {@link #quantise(OnnxModel, Precision, String)}, of a model that needs no other name. */
  public static Quantised quantise(OnnxModel model, Precision precision) {
    return quantise(model, precision, model.toString());
  }

  /**
   * The model with its weights in fewer bits.
   *
   * @param precision what they are written as
   * @param description how a message names the model
   * @throws OnnxFileException if it is of a version without the operators, or has no weight that
   *     can be written so
   */
  public static Quantised quantise(OnnxModel model, Precision precision, String description) {
    requireVersions(model, description);
    return new Quantiser(model, precision).quantise(description);
  }

  private static void requireVersions(OnnxModel model, String description) {
    if (model.opset("") < FIRST_OPSET) {
      throw new OnnxFileException(
          description
              + " is of operator set "
              + model.opset("")
              + ", and DynamicQuantizeLinear came with "
              + FIRST_OPSET
              + "; export it with a newer one to quantise it");
    }
    if (model.irVersion() < FIRST_IR) {
      throw new OnnxFileException(
          description
              + " is of IR version "
              + model.irVersion()
              + ", which lists weights among the inputs; save it with version "
              + FIRST_IR
              + " or later to quantise it");
    }
  }

  private Quantised quantise(String description) {
    weights.chosen().forEach(this::store);
    if (parts.isEmpty()) {
      throw new OnnxFileException(
          description
              + " has no weight to quantise"
              + left.entrySet().stream()
                  .findFirst()
                  .map(weight -> ": '" + weight.getKey() + "' stays, since " + weight.getValue())
                  .orElse(": no matrix product or table reads a stored one"));
    }
    List<Quantised.Edge> edges = new ArrayList<>();
    IntegerNodes nodes = new IntegerNodes(names);
    for (int index = 0; index < model.nodes().size(); index++) {
      NodeProto node = model.nodes().get(index);
      for (int input = 0; input < Math.min(2, node.getInputCount()); input++) {
        StoredParts weight = parts.get(node.getInput(input));
        Arrangement arrangement = written.get(node.getInput(input));
        if (weight != null && arrangement != null) {
          List<NodeProto> now = nodes.inPlaceOf(node, arrangement, weight);
          edit.insertNodesBefore(index, now.subList(0, now.size() - 1));
          edit.replaceNode(index, now.get(now.size() - 1));
          edges.add(new Quantised.Edge(node.getInput(input), node.getOutput(0), input));
        }
      }
    }
    return new Quantised(edit, parts, edges, left);
  }

  private List<TensorSource> codes(OnnxTensor table) {
    TableCodes codes = new TableCodes(table);
    return List.of(
        codes.codes(names.fresh(table.name() + "_codes")),
        codes.starts(names.fresh(table.name() + "_starts")),
        codes.books(names.fresh(table.name() + "_books")),
        codes.width(names.fresh(table.name() + "_width")));
  }

  private List<TensorSource> integers(String name, EightBits integers, Arrangement arrangement) {
    List<TensorSource> tensors = new ArrayList<>();
    tensors.add(integers.integers(names.fresh(name + "_quantized")));
    tensors.add(integers.scales(names.fresh(name + "_scale")));
    if (arrangement != Arrangement.TABLE) {
      tensors.add(integers.zeros(names.fresh(name + "_zero_point")));
    }
    return tensors;
  }

  private void store(String name, Arrangement arrangement) {
    OnnxTensor weight = Objects.requireNonNull(model.initializers().get(name));
    EightBits integers = new EightBits(weight, arrangement);
    if (!integers.isFinite()) {
      left.put(name, "it holds numbers that are not finite");
      return;
    }
    Arrangement as = weights.written(name, precision);
    List<TensorSource> tensors =
        as == Arrangement.CODES ? codes(weight) : integers(name, integers, as);
    parts.put(name, new StoredParts(tensors));
    written.put(name, as);
    edit.removeInitializer(name);
    tensors.forEach(edit::addInitializer);
    for (int i = 0; i < model.inputs().size(); i++) {
      if (model.inputs().get(i).getName().equals(name)) {
        edit.removeInput(i);
      }
    }
  }
}

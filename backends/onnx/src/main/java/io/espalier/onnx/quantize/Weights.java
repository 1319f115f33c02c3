package io.espalier.onnx.quantize;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.values.Precision;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.trace.Captures;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Which weights of a model can be written in eight bits, and why others cannot. */
public final class Weights {
  /** Below so many numbers, scales and nodes take about what is saved. */
  static final int SMALLEST = 1024;

  private final OnnxModel model;
  private final Map<String, List<Use>> uses = new LinkedHashMap<>();
  private final Set<String> parameters = new HashSet<>();
  private final Set<String> captured = new HashSet<>();
  private final Map<String, Arrangement> chosen = new LinkedHashMap<>();
  private final Map<String, String> left = new TreeMap<>();

  /** Looks at every weight of a model. */
  public Weights(OnnxModel model) {
    this.model = model;
    parameters.addAll(model.initializers().keySet());
    for (int i = 0; i < model.nodes().size(); i++) {
      NodeProto node = model.nodes().get(i);
      captured.addAll(Captures.of(node));
      for (int input = 0; input < node.getInputCount(); input++) {
        uses.computeIfAbsent(node.getInput(input), name -> new ArrayList<>())
            .add(new Use(i, input, node));
      }
      if (node.getInputList().stream().allMatch(n -> n.isEmpty() || parameters.contains(n))
          && Captures.of(node).isEmpty()) {
        parameters.addAll(node.getOutputList());
      }
    }
    model.outputs().forEach(output -> captured.add(output.getName()));
    uses.forEach(this::decide);
  }

  private void decide(String name, List<Use> readers) {
    if (!parameters.contains(name) || readers.stream().noneMatch(Use::isWeight)) {
      return;
    }
    OnnxTensor weight = model.initializers().get(name);
    if (weight == null) {
      if (readers.stream().anyMatch(Use::isProduct)) {
        left.put(name, "it is computed, not stored");
      }
    } else if (DataTypes.isFloating(weight.dataType())) { // else a shape, or positions
      Optional<String> reason = reason(weight, readers);
      if (reason.isPresent()) {
        left.put(name, reason.get());
      } else {
        chosen.put(name, readers.get(0).arrangement(weight).orElseThrow());
      }
    }
  }

  private Optional<String> reason(OnnxTensor weight, List<Use> readers) {
    if (weight.dataType() != DataTypes.FLOAT) {
      return Optional.of("it holds " + DataTypes.name(weight.dataType()));
    }
    for (Use use : readers) {
      if (use.arrangement(weight).isEmpty()) {
        return Optional.of(use.reason(weight));
      }
      if (!use.arrangement(weight).equals(readers.get(0).arrangement(weight))) {
        return Optional.of(
            "it is read in two ways, by " + readers.get(0).words() + " and " + use.words());
      }
      if (use.readsNoData(parameters)) {
        return Optional.of(use.words() + " reads nothing but parameters");
      }
    }
    if (captured.contains(weight.name())) {
      return Optional.of("a branch, a loop or an output needs it as it is");
    }
    return weight.elementCount() < SMALLEST
        ? Optional.of("it has fewer than " + SMALLEST + " numbers")
        : Optional.empty();
  }

  /** What one of those that are {@linkplain #chosen() chosen} is written as. */
  Arrangement written(String weight, Precision precision) {
    Arrangement arrangement = Objects.requireNonNull(chosen.get(weight));
    return precision == Precision.INT8_CODES
            && arrangement == Arrangement.TABLE
            && TableCodes.fits(Objects.requireNonNull(model.initializers().get(weight)))
        ? Arrangement.CODES
        : arrangement;
  }

  /** Whether a stored weight is to be written in eight bits. */
  public boolean isChosen(String weight) {
    return chosen.containsKey(weight);
  }

  /** Those that are to be written in eight bits, in the order in which they are read. */
  Map<String, Arrangement> chosen() {
    return chosen;
  }

  /** The nodes that read a weight, in order. */
  List<Use> uses(String weight) {
    return uses.getOrDefault(weight, List.of());
  }

  /** Names of the others, each with the reason. */
  Map<String, String> left() {
    return left;
  }
}

package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.Mapped;
import io.espalier.core.values.Manifest.Skipped;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.runtime.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/** Positions along an axis of which elements went: what they lead to, here and there. */
final class MappedPositions {
  /** What hands positions on as they are. */
  private static final Set<String> CARRIERS =
      Set.of("Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose");

  private MappedPositions() {}

  /**
   * The elements of the original that the masked reference reads, by position.
   *
   * @throws VerificationException if the manifest does not say what is kept of them
   */
  static TensorProto read(Manifest manifest, Mapped mapped) {
    List<Integer> kept =
        new KeptEdges(manifest).of(mapped.output(), mapped.parameter()).get(mapped.axis());
    if (kept == null || kept.isEmpty()) {
      throw new VerificationException(
          "the manifest maps positions along axis "
              + mapped.axis()
              + " of input "
              + mapped.parameter()
              + " of the node that makes '"
              + mapped.output()
              + "', and does not say what is kept of it; give the manifest of this model");
    }
    TensorProto.Builder table =
        TensorProto.newBuilder()
            .setDataType(TensorProto.DataType.INT32.getNumber())
            .addDims(mapped.table().size());
    // a wrong cut beside the right one may keep less than positions lead to
    mapped
        .table()
        .forEach(position -> table.addInt32Data(kept.get(Math.min(position, kept.size() - 1))));
    return table.build();
  }

  /**
   * What of the positions of a carved model is not as the manifest says, a sentence for each.
   *
   * @param original the network that it was carved from, spelled out as it is
   */
  static List<String> check(OnnxModel original, OnnxModel carved, Manifest manifest) {
    List<String> wrong = new ArrayList<>();
    if (manifest.mapped().isEmpty()) {
      return wrong;
    }
    Map<String, NodeProto> before = producers(original);
    Map<String, NodeProto> after = producers(carved);
    ParameterValues values = new ParameterValues(carved);
    Map<String, String> replaced = new HashMap<>();
    for (Skipped block : manifest.skipped()) {
      replaced.put(block.from(), block.by());
    }
    for (Mapped mapped : manifest.mapped()) {
      NodeProto was = before.get(mapped.output());
      NodeProto now = after.get(mapped.output());
      if (was == null || now == null || mapped.input() >= now.getInputCount()) {
        wrong.add("nothing makes '" + mapped.output() + "', of which positions are to be mapped");
        continue;
      }
      NodeProto made = after.get(now.getInput(mapped.input()));
      String ids = was.getInput(mapped.input());
      while (replaced.containsKey(ids)) {
        ids = Objects.requireNonNull(replaced.get(ids));
      }
      OnnxTensor table =
          made == null || !made.getOpType().equals("Gather")
              ? null
              : values.stored(made.getInput(0));
      boolean right =
          table != null
              && made != null
              && Objects.equals(made.getInput(1), ids)
              && Arrays.equals(table.longs(), longs(mapped.table()));
      if (!right) {
        wrong.add(
            "input "
                + mapped.input()
                + " of node '"
                + now.getName()
                + "' does not lead positions to what the manifest says");
      }
    }
    return wrong;
  }

  private static long[] longs(List<Integer> values) {
    return values.stream().mapToLong(Integer::longValue).toArray();
  }

  private static Map<String, NodeProto> producers(OnnxModel model) {
    Map<String, NodeProto> producers = new HashMap<>();
    for (NodeProto node : model.nodes()) {
      node.getOutputList().forEach(output -> producers.put(output, node));
    }
    producers.remove("");
    return producers;
  }

  /**
   * Inputs with positions drawn from all that there are, where they are mapped, so that those of
   * what went are among them.
   *
   * @param valued inputs whose values are given
   */
  static Map<String, Tensor> drawn(
      Map<String, Tensor> inputs,
      OnnxModel original,
      List<Mapped> mapped,
      long seed,
      Set<String> valued) {
    if (mapped.isEmpty()) {
      return inputs;
    }
    Map<String, NodeProto> producers = producers(original);
    Map<String, Integer> bounds = new LinkedHashMap<>();
    for (Mapped positions : mapped) {
      NodeProto node = producers.get(positions.output());
      String name = node == null ? "" : node.getInput(positions.input());
      for (NodeProto made = producers.get(name);
          made != null && CARRIERS.contains(made.getOpType());
          made = producers.get(name)) {
        name = made.getInput(0);
      }
      if (inputs.containsKey(name) && !valued.contains(name)) {
        bounds.merge(name, positions.table().size(), Math::min);
      }
    }
    Map<String, Tensor> drawn = new LinkedHashMap<>(inputs);
    bounds.forEach(
        (name, bound) -> {
          Tensor old = Objects.requireNonNull(inputs.get(name));
          Random random = new Random(seed);
          if (!old.isFloat()) {
            long[] values = new long[Math.toIntExact(old.elementCount())];
            Arrays.setAll(values, i -> random.nextInt(bound));
            drawn.put(name, Tensor.ofLongs(values, old.shape()));
          }
        });
    return drawn;
  }
}

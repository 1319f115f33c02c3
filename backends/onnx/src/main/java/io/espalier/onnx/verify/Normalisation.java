package io.espalier.onnx.verify;

import io.espalier.core.values.Manifest.CutNormalised;
import io.espalier.onnx.runtime.ValueSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Nodes that compute a mean, a norm or a sum of products over an axis, restricted to what is kept
 * of it. Where the axis is summed away it is gathered before the node; where it remains, what comes
 * out is spread over the full axis again, with zeros between.
 */
final class Normalisation {
  private static final Set<String> SUMMED =
      Set.of(
          "ReduceL1",
          "ReduceL2",
          "ReduceLogSum",
          "ReduceLogSumExp",
          "ReduceMax",
          "ReduceMean",
          "ReduceMin",
          "ReduceProd",
          "ReduceSum",
          "ReduceSumSquare",
          "GlobalAveragePool",
          "GlobalLpPool",
          "GlobalMaxPool");

  /** Sums of products of two inputs, each of which has the axis. */
  private static final Set<String> CONTRACTED =
      Set.of(
          "Conv",
          "ConvInteger",
          "ConvTranspose",
          "DeformConv",
          "Einsum",
          "Gemm",
          "MatMul",
          "MatMulInteger",
          "QLinearConv",
          "QLinearMatMul",
          "com.microsoft:FusedGemm",
          "com.microsoft:FusedMatMul");

  /** Inputs after the first lie on the last axes of the first. */
  private static final Set<String> SCALED =
      Set.of(
          "LayerNormalization",
          "RMSNormalization",
          "SimplifiedLayerNormalization",
          "com.microsoft:SkipLayerNormalization",
          "com.microsoft:SkipSimplifiedLayerNormalization");

  /** Those that hand on the sum they normalise, too. */
  private static final Set<String> SKIPPED =
      Set.of(
          "com.microsoft:SkipLayerNormalization", "com.microsoft:SkipSimplifiedLayerNormalization");

  private static final int SUM = 3;

  /** Tables and what lies on their rows; the first table names the axis. */
  private static final String EMBEDDED = "com.microsoft:EmbedLayerNormalization";

  private static final Set<String> PLAIN =
      Set.of(
          "DynamicQuantizeLinear",
          "InstanceNormalization",
          "LogSoftmax",
          "LpNormalization",
          "MeanVarianceNormalization",
          "Softmax");

  private static final String GROUPED = "GroupNormalization";
  private static final int CHANNELS = 1;

  private final NodeEdit node;
  private final KnownValues values;

  private Normalisation(NodeEdit node, KnownValues values) {
    this.node = node;
    this.values = values;
  }

  /**
   * Restricts one node.
   *
   * @param cuts the axes of its inputs
   * @throws VerificationException if it is not known how
   */
  static void restrict(NodeEdit node, List<CutNormalised> cuts, KnownValues values) {
    new Normalisation(node, values).restrict(cuts);
  }

  private void restrict(List<CutNormalised> cuts) {
    String domain = node.original().getDomain();
    String operator = (domain.isEmpty() ? "" : domain + ":") + node.original().getOpType();
    Map<Integer, List<Integer>> data = new TreeMap<>();
    for (CutNormalised cut : cuts) {
      Kept.check(node, value(cut.input()), cut.axis(), cut.keep());
      if (cut.input() == 0) {
        data.put(cut.axis(), cut.keep());
      }
    }
    if (CONTRACTED.contains(operator)) {
      checkContraction(cuts);
    } else if (operator.equals(EMBEDDED)) {
      embedding(cuts.get(0).keep());
    } else if (!SUMMED.contains(operator)) {
      if (data.size() != cuts.size() || !keepsAxes(operator)) {
        throw new VerificationException(
            "the manifest says that "
                + node
                + " normalises over an axis that was cut, but no way is known to restrict this"
                + " operator to what was kept; keep this axis whole to verify the rest");
      }
      data.forEach((axis, kept) -> scales(operator, axis, kept));
      spread(data, SKIPPED.contains(operator) ? SUM : 0);
    }
    cuts.forEach(cut -> gather(cut.input(), cut.axis(), cut.keep()));
  }

  private static boolean keepsAxes(String operator) {
    return PLAIN.contains(operator) || SCALED.contains(operator) || operator.equals(GROUPED);
  }

  private void checkContraction(List<CutNormalised> cuts) {
    List<List<Integer>> first = kept(cuts, 0);
    int other = cuts.stream().mapToInt(CutNormalised::input).max().orElse(0);
    List<List<Integer>> second = other == 0 ? List.of() : kept(cuts, other);
    if (first.isEmpty() || !first.equals(second)) {
      throw new VerificationException(
          "the manifest does not say the same of both factors of "
              + node
              + ": "
              + first
              + " and "
              + second
              + " are kept");
    }
  }

  private static List<List<Integer>> kept(List<CutNormalised> cuts, int input) {
    return cuts.stream()
        .filter(cut -> cut.input() == input)
        .map(CutNormalised::keep)
        .sorted(Comparator.comparing(List::toString))
        .toList();
  }

  /** Gathers the parameters of a norm along with its data. */
  private void scales(String operator, int axis, List<Integer> kept) {
    if (operator.equals(GROUPED) && axis == CHANNELS) {
      groups(kept);
    } else if (SCALED.contains(operator)) {
      List<Long> data = value(0).dims();
      for (int input = 1; input < node.original().getInputCount(); input++) {
        if (node.original().getInput(input).isEmpty()) {
          continue;
        }
        List<Long> dims = value(input).dims();
        int own = axis - (data.size() - dims.size());
        if (own >= 0 && dims.get(own) > 1) {
          gather(input, own, kept);
        }
      }
    }
  }

  /** Whole groups go, or every one that stays loses as many channels. */
  private void groups(List<Integer> kept) {
    int attribute = 0;
    while (attribute < node.node().getAttributeCount()
        && !node.node().getAttribute(attribute).getName().equals("num_groups")) {
      attribute++;
    }
    long count = node.node().getAttribute(attribute).getI();
    long channels = value(0).dims().get(CHANNELS);
    Map<Integer, Integer> sizes = new TreeMap<>();
    kept.forEach(index -> sizes.merge((int) (index / (channels / count)), 1, Integer::sum));
    if (new TreeSet<>(sizes.values()).size() > 1) {
      throw new VerificationException(
          "the manifest keeps " + kept + " of the channels of " + node + ": unequal groups");
    }
    node.node().getAttributeBuilder(attribute).setI(sizes.size());
    for (int input = 1; input <= 2; input++) {
      boolean each = value(input).dims().get(0) == channels;
      gather(input, 0, each ? kept : new ArrayList<>(sizes.keySet()));
    }
  }

  private void embedding(List<Integer> kept) {
    for (int input = 3; input < Math.min(7, node.original().getInputCount()); input++) {
      if (!node.original().getInput(input).isEmpty()) {
        gather(input, input < 5 ? 1 : 0, kept);
      }
    }
    spread(Map.of(2, kept), 2);
  }

  private void gather(int input, int axis, List<Integer> kept) {
    String indices = node.constant(Kept.indices(kept));
    node.onInput(input, "Gather", List.of(indices), NodeEdit.integer("axis", axis));
  }

  /**
   * Spreads what comes out.
   *
   * @param more another output of the same shape, which the node may have
   */
  private void spread(Map<Integer, List<Integer>> data, int more) {
    ValueSpec output = values.of(node.original().getOutput(0));
    for (int index : more == 0 ? new int[] {0} : new int[] {0, more}) {
      if (index < node.original().getOutputCount() && !node.original().getOutput(index).isEmpty()) {
        data.forEach(
            (axis, kept) -> {
              String positions = node.constant(Kept.positions(kept, output.dims().get(axis)));
              node.onOutput(index, "Gather", List.of(positions), NodeEdit.integer("axis", axis));
            });
        Masks.multiply(
            node,
            (operator, inputs, attributes) -> node.onOutput(index, operator, inputs, attributes),
            output,
            data);
      }
    }
  }

  private ValueSpec value(int input) {
    return values.of(node.original().getInput(input));
  }
}

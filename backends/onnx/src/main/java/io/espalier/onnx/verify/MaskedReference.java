package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.CutNormalised;
import io.espalier.core.values.Manifest.CutParameter;
import io.espalier.core.values.Manifest.Mapped;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.SpelledOut;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import io.espalier.onnx.runtime.ValueSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The original network at full width, changed so that it computes what the smaller one must: what
 * was cut is multiplied by zero where parameters meet data, readers of blocks that were taken out
 * read what went into them, nodes that normalise over an axis that was cut do so over what is kept
 * of it, and positions along one lead to what is kept.
 */
public final class MaskedReference {
  private final OnnxModel model;
  private final List<NodeEdit> nodes = new ArrayList<>();
  private final Map<String, NodeEdit> byOutput = new HashMap<>();

  private MaskedReference(OnnxModel model) {
    this.model = model;
    for (NodeProto node : model.nodes()) {
      NodeEdit edit = new NodeEdit(node, "espalier_reference/" + nodes.size() + "/");
      nodes.add(edit);
      node.getOutputList().stream()
          .filter(output -> !output.isEmpty())
          .forEach(output -> byOutput.put(output, edit));
    }
  }

  /**
   * The masked reference of a cut.
   *
   * @param inputs inputs that the original runs on, to learn the shapes of inner values
   * @throws VerificationException if the manifest does not fit the model, or normalises over a cut
   *     axis in a node that is not known how to restrict
   */
  public static OnnxEdit of(OnnxModel original, Manifest manifest, Map<String, Tensor> inputs) {
    OnnxModel model = spelledOut(original, manifest);
    KnownValues values = learn(model, manifest, inputs, SessionSettings.plain());
    return of(model, manifest, values, false);
  }

  /**
   * As above, of a model that is {@linkplain #spelledOut spelled out}.
   *
   * @param values what was {@linkplain #learn learnt} of it, by a manifest with the same edges
   * @param sumsOnly whether masks are left out where units are made, as they do without zeros there
   *     where every sum over them is masked; see {@link CarriedAxes}
   */
  static OnnxEdit of(OnnxModel model, Manifest manifest, KnownValues values, boolean sumsOnly) {
    return new MaskedReference(model).build(manifest, values, sumsOnly);
  }

  /** Types of values that masks and the like are put onto. */
  static KnownValues learn(
      OnnxModel model, Manifest manifest, Map<String, Tensor> inputs, SessionSettings settings) {
    return KnownValues.learn(model, inputs, wanted(model, manifest), settings);
  }

  /** The values whose types masks and the like have to know. */
  static Set<String> wanted(OnnxModel model, Manifest manifest) {
    return new MaskedReference(model).wanted(manifest);
  }

  /**
   * The original as masks are put onto it: without calls of functions that the cut goes into, and
   * with both branches where it is not known which is taken.
   */
  static OnnxModel spelledOut(OnnxModel original, Manifest manifest) {
    return SpelledOut.opened(original, call -> !isNamed(call, manifest));
  }

  /** Whether the manifest cuts an input of a call; of others, it may cut what lies inside. */
  private static boolean isNamed(NodeProto call, Manifest manifest) {
    return manifest.parameters().stream().anyMatch(cut -> isNamed(call, cut.node(), cut.output()))
        || manifest.normalised().stream().anyMatch(cut -> isNamed(call, cut.node(), cut.output()));
  }

  private static boolean isNamed(NodeProto call, String node, String output) {
    return call.getName().equals(node) && call.getOutputList().contains(output);
  }

  /**
   * As above, on inputs of the sizes that the model states, and small ones where it states none.
   */
  public static OnnxEdit of(OnnxModel original, Manifest manifest) {
    return of(original, manifest, TrialInputs.of(original, 0, Map.of()));
  }

  private OnnxEdit build(Manifest manifest, KnownValues values, boolean sumsOnly) {
    OnnxEdit result = new OnnxEdit(model);
    Rewiring.of(model, manifest.skipped()).apply(nodes, byOutput, result);
    for (CutParameter cut : manifest.parameters()) {
      if (cut.mask()) {
        NodeEdit node = node(cut.node(), cut.output(), cut.input());
        ValueSpec value = values.of(node.original().getInput(cut.input()));
        Map<Integer, List<Integer>> keep = new TreeMap<>(cut.keep());
        if (sumsOnly) {
          keep.keySet().removeAll(CarriedAxes.of(node.original(), cut.input(), cut.shape().size()));
        }
        Masks.onto(node, cut, value, keep);
      }
    }
    for (Mapped mapped : manifest.mapped()) {
      NodeEdit node = node(mapped.output(), mapped.output(), mapped.input());
      node.mapInput(mapped.input(), MappedPositions.read(manifest, mapped));
    }
    Map<NodeEdit, List<CutNormalised>> normalised = new LinkedHashMap<>();
    for (CutNormalised cut : manifest.normalised()) {
      normalised
          .computeIfAbsent(node(cut.node(), cut.output(), cut.input()), key -> new ArrayList<>())
          .add(cut);
    }
    normalised.forEach((node, cuts) -> Normalisation.restrict(node, cuts, values));
    for (int i = 0; i < nodes.size(); i++) {
      nodes.get(i).apply(result, i);
    }
    return result;
  }

  /** The values whose types are needed. */
  private Set<String> wanted(Manifest manifest) {
    Set<String> wanted = new LinkedHashSet<>();
    for (CutParameter cut : manifest.parameters()) {
      NodeEdit node = node(cut.node(), cut.output(), cut.input());
      wanted.add(node.original().getInput(cut.input()));
    }
    for (CutNormalised cut : manifest.normalised()) {
      NodeEdit node = node(cut.node(), cut.output(), cut.input());
      wanted.addAll(node.original().getInputList());
      wanted.add(cut.output());
    }
    wanted.remove("");
    return wanted;
  }

  private NodeEdit node(String name, String output, int input) {
    NodeEdit node = byOutput.get(output);
    if (node == null) {
      throw new VerificationException(
          "the manifest names node '"
              + name
              + "' with the output '"
              + output
              + "', which "
              + model
              + " does not have; give the manifest of this model");
    }
    if (input < 0
        || input >= node.original().getInputCount()
        || node.original().getInput(input).isEmpty()) {
      throw new VerificationException(
          "the manifest names input "
              + input
              + " of "
              + node
              + ", which has "
              + node.original().getInputCount()
              + "; give the manifest of this model");
    }
    return node;
  }
}

package io.espalier.onnx.verify;

import io.espalier.core.Manifest;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.OnnxRunException;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.SessionSettings.Optimisation;
import io.espalier.onnx.runtime.Tensor;
import io.espalier.onnx.runtime.ValueSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Compares a carved model with the masked reference of the cut on random inputs. Both run on one
 * thread, and are optimised equally little.
 */
public final class Verifier {
  private static final double TOLERANCE = 1e-5;
  private static final double TOLERANCE_FLOAT16 = 5e-3;
  private static final double TOLERANCE_BFLOAT16 = 5e-2;
  private static final SessionSettings SETTINGS =
      SessionSettings.plain().withOptimisation(Optimisation.ALL);

  private Verifier() {}

  /** As below, with the usual options. */
  public static Verification verify(OnnxModel original, OnnxModel carved, Manifest manifest) {
    return verify(original, carved, manifest, VerifyOptions.defaults());
  }

  /**
   * Runs both models and compares each output. A carved model that ONNX Runtime cannot load or run
   * does not pass.
   *
   * @throws VerificationException if the manifest does not fit the original
   * @throws OnnxRunException if the original does not run on the inputs
   */
  public static Verification verify(
      OnnxModel original, OnnxModel carved, Manifest manifest, VerifyOptions options) {
    List<Map<String, Tensor>> inputs = new ArrayList<>();
    for (int run = 0; run < options.runs(); run++) {
      inputs.add(TrialInputs.of(original, options.seed() + run, options.shapes()));
    }
    Manifest used =
        options.masksOnly() ? new Manifest(manifest.parameters(), List.of(), List.of()) : manifest;
    byte[] reference = MaskedReference.of(original, used, inputs.get(0)).toBytes();
    List<Map<String, Tensor>> expected = new ArrayList<>();
    double tolerance;
    try (OnnxSession session = OnnxSession.open(reference, SETTINGS)) {
      inputs.forEach(values -> expected.add(session.run(values)));
      tolerance = options.tolerance().orElseGet(() -> tolerance(original, session.outputSpecs()));
    }
    try (OnnxSession session = OnnxSession.open(carved, SETTINGS)) {
      List<Map<String, Tensor>> actual = new ArrayList<>();
      inputs.forEach(values -> actual.add(session.run(values)));
      return compare(expected, actual, tolerance);
    } catch (OnnxRunException e) {
      return new Verification(
          Double.POSITIVE_INFINITY, List.of(), tolerance, false, String.valueOf(e.getMessage()));
    }
  }

  private static Verification compare(
      List<Map<String, Tensor>> expected, List<Map<String, Tensor>> actual, double tolerance) {
    Map<String, Comparison> comparisons = new LinkedHashMap<>();
    for (int run = 0; run < expected.size(); run++) {
      Map<String, Tensor> carved = actual.get(run);
      expected
          .get(run)
          .forEach(
              (name, tensor) ->
                  comparisons.computeIfAbsent(name, Comparison::new).add(tensor, carved.get(name)));
    }
    List<Verification.Output> outputs =
        comparisons.values().stream().map(Comparison::result).toList();
    double worst = 0;
    for (Verification.Output output : outputs) {
      worst = Math.max(worst, output.error());
    }
    String note =
        outputs.stream()
            .filter(output -> !output.note().isEmpty())
            .map(output -> "output '" + output.name() + "': " + output.note())
            .collect(Collectors.joining("; "));
    return new Verification(worst, outputs, tolerance, worst <= tolerance, note);
  }

  /** What rounding alone may do, by the narrowest float type of weights and outputs. */
  private static double tolerance(OnnxModel model, List<ValueSpec> outputs) {
    List<Integer> types = new ArrayList<>();
    outputs.forEach(output -> types.add(output.dataType()));
    model.initializers().values().forEach(tensor -> types.add(tensor.dataType()));
    if (types.contains(DataTypes.BFLOAT16)) {
      return TOLERANCE_BFLOAT16;
    }
    return types.contains(DataTypes.FLOAT16) ? TOLERANCE_FLOAT16 : TOLERANCE;
  }
}

package io.espalier.onnx.verify;

import io.espalier.core.Manifest;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.OnnxRunException;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.SessionSettings.Optimisation;
import io.espalier.onnx.runtime.Tensor;
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
  /** A wrong cut is further off than this many tolerances, mostly; rounding never is. */
  private static final double NEAR = 100;

  private static final SessionSettings SETTINGS =
      SessionSettings.plain().withOptimisation(Optimisation.ALL);

  private final OnnxModel original;
  private final OnnxModel carved;
  private final VerifyOptions options;

  private Verifier(OnnxModel original, OnnxModel carved, VerifyOptions options) {
    this.original = original;
    this.carved = carved;
    this.options = options;
  }

  /** As below, with the usual options. */
  public static Verification verify(OnnxModel original, OnnxModel carved, Manifest manifest) {
    return verify(original, carved, manifest, VerifyOptions.defaults());
  }

  /**
   * Runs both models and compares each output. A carved model that ONNX Runtime cannot load or run
   * does not pass.
   *
   * <p>Floats are drawn around 0. Where they do not pass, but the original itself is so sensitive
   * to rounding there that it would not pass against itself, images are drawn as pixels instead:
   * networks that subtract a mean colour see nothing but that in small numbers.
   *
   * @throws VerificationException if the manifest does not fit the original
   * @throws OnnxRunException if the original does not run on the inputs
   */
  public static Verification verify(
      OnnxModel original, OnnxModel carved, Manifest manifest, VerifyOptions options) {
    return new Verifier(original, carved, options).verify(manifest);
  }

  private Verification verify(Manifest manifest) {
    List<Map<String, Tensor>> inputs = new ArrayList<>();
    for (int run = 0; run < options.runs(); run++) {
      inputs.add(TrialInputs.of(original, options.seed() + run, options.shapes()));
    }
    Manifest used =
        options.masksOnly() ? new Manifest(manifest.parameters(), List.of(), List.of()) : manifest;
    byte[] reference = MaskedReference.of(original, used, inputs.get(0)).toBytes();
    Verification first = compare(reference, inputs);
    if (first.passed() || first.worst() > NEAR * first.tolerance()) {
      return first;
    }
    List<Map<String, Tensor>> pixels = inputs.stream().map(TrialInputs::asPixels).toList();
    if (rounding(inputs.get(0)) < first.tolerance()
        || rounding(pixels.get(0)) > first.tolerance()) {
      return first;
    }
    return compare(reference, pixels);
  }

  /** How much the order of sums changes what the original computes. */
  private double rounding(Map<String, Tensor> inputs) {
    byte[] model = new OnnxEdit(original).toBytes();
    try (OnnxSession plain = OnnxSession.open(model, SessionSettings.plain());
        OnnxSession fast = OnnxSession.open(model, SessionSettings.fast().withThreads(1))) {
      return Comparison.error(plain.run(inputs), fast.run(inputs));
    }
  }

  private Verification compare(byte[] reference, List<Map<String, Tensor>> inputs) {
    List<Map<String, Tensor>> expected = new ArrayList<>();
    try (OnnxSession session = OnnxSession.open(reference, SETTINGS)) {
      inputs.forEach(values -> expected.add(session.run(values)));
    }
    double tolerance =
        options.tolerance().orElseGet(() -> Tolerance.of(original, expected.get(0).values()));
    Map<String, Comparison> comparisons = new LinkedHashMap<>();
    try (OnnxSession session = OnnxSession.open(carved, SETTINGS)) {
      for (int run = 0; run < inputs.size(); run++) {
        Map<String, Tensor> actual = session.run(inputs.get(run));
        expected
            .get(run)
            .forEach(
                (name, tensor) ->
                    comparisons
                        .computeIfAbsent(name, Comparison::new)
                        .add(tensor, actual.get(name)));
      }
    } catch (OnnxRunException e) {
      return new Verification(
          Double.POSITIVE_INFINITY, List.of(), tolerance, false, String.valueOf(e.getMessage()));
    }
    return summary(comparisons.values().stream().map(Comparison::result).toList(), tolerance);
  }

  private static Verification summary(List<Verification.Output> outputs, double tolerance) {
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
}

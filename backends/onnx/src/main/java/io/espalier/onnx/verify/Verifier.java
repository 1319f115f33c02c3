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
import java.util.stream.IntStream;

/**
 * Compares models carved from one original with the masked reference of their cuts on random
 * inputs. Reference and carved model run on one thread, and are optimised equally little. Not safe
 * for use by several threads at once.
 *
 * <p>Floats are drawn around 0. Where a model does not pass by little, and the original itself is
 * so sensitive to rounding there that it would not pass against itself, images are drawn as pixels
 * from then on: a network that subtracts a mean colour sees nothing else in small numbers.
 */
public final class Verifier {
  /** Rounding is never further off than this many tolerances. */
  private static final double NEAR = 100;

  private static final SessionSettings SETTINGS =
      SessionSettings.plain().withOptimisation(Optimisation.ALL);

  private final OnnxModel original;
  private final VerifyOptions options;
  private List<Map<String, Tensor>> inputs;
  private boolean settled;

  /**
   * A verifier of models carved from one original.
   *
   * @throws VerificationException if shapes are given for inputs that it does not have
   */
  public Verifier(OnnxModel original, VerifyOptions options) {
    this.original = original;
    this.options = options;
    this.inputs =
        IntStream.range(0, options.runs())
            .mapToObj(run -> TrialInputs.of(original, options.seed() + run, options.shapes()))
            .toList();
  }

  /** Compares one model, with the usual options. */
  public static Verification verify(OnnxModel original, OnnxModel carved, Manifest manifest) {
    return verify(original, carved, manifest, VerifyOptions.defaults());
  }

  /** Compares one model. */
  public static Verification verify(
      OnnxModel original, OnnxModel carved, Manifest manifest, VerifyOptions options) {
    return new Verifier(original, options).verify(carved, manifest);
  }

  /**
   * Runs both models and compares each output. A carved model that ONNX Runtime cannot load or run
   * does not pass.
   *
   * @throws VerificationException if the manifest does not fit the original
   * @throws OnnxRunException if the original does not run on the inputs
   */
  public Verification verify(OnnxModel carved, Manifest manifest) {
    Manifest used =
        options.masksOnly() ? new Manifest(manifest.parameters(), List.of(), List.of()) : manifest;
    OnnxEdit reference = MaskedReference.of(original, used, inputs.get(0));
    Verification first = compare(reference, carved);
    boolean near = !first.passed() && first.worst() <= NEAR * first.tolerance();
    return near && turnsToPixels(first.tolerance()) ? compare(reference, carved) : first;
  }

  /** Whether images are better drawn as pixels, and now are. */
  private boolean turnsToPixels(double tolerance) {
    if (settled) {
      return false;
    }
    settled = true;
    List<Map<String, Tensor>> pixels = inputs.stream().map(TrialInputs::asPixels).toList();
    boolean better = rounding(inputs.get(0)) > tolerance && rounding(pixels.get(0)) <= tolerance;
    inputs = better ? pixels : inputs;
    return better;
  }

  /** How much the order of sums changes what the original computes. */
  private double rounding(Map<String, Tensor> values) {
    try (OnnxSession plain = OnnxSession.open(original, SessionSettings.plain());
        OnnxSession fast = OnnxSession.open(original, SessionSettings.fast().withThreads(1))) {
      return Comparison.error(plain.run(values), fast.run(values));
    }
  }

  private Verification compare(OnnxEdit reference, OnnxModel carved) {
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

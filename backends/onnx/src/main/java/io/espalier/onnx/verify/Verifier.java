package io.espalier.onnx.verify;

import io.espalier.core.values.Manifest;
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
 * Compares models carved from one original with the masked reference of their cuts on random
 * inputs. Reference and carved model run on one thread, and are optimised alike: not at all where
 * that makes them agree, since ONNX Runtime gets some rewritings wrong. Not safe for use by several
 * threads at once.
 *
 * <p>Floats are drawn around 0. Where a model does not pass by little, and rounding alone would
 * explain that, since one of both is as far from itself when sums are added up in another order,
 * other inputs are drawn: images as pixels first, since a network that subtracts a mean colour sees
 * nothing else in small numbers.
 */
public final class Verifier {
  /** Rounding is never further off than this many tolerances. */
  private static final double NEAR = 100;

  /** Rounding explains an error of up to this many times what was measured of it. */
  private static final double EXPLAINED = 4;

  private static final int ATTEMPTS = 4;
  private static final String DRAWN_AGAIN =
      "inputs were drawn again, since rounding blurred the first ones";

  private static final String NOT_OPTIMISED =
      "compared without ONNX Runtime's optimisations, which change what one of both models"
          + " computes";

  /** No further: ONNX Runtime 1.29 fuses a transposed matrix and a vector into a wrong product. */
  private static final SessionSettings SETTINGS =
      SessionSettings.plain().withOptimisation(Optimisation.BASIC);

  private final OnnxModel original;
  private final VerifyOptions options;
  private boolean pixels;

  /**
   * A verifier of models carved from one original.
   *
   * @throws VerificationException if shapes are given for inputs that it does not have
   */
  public Verifier(OnnxModel original, VerifyOptions options) {
    this.original = original;
    this.options = options;
    draw(0);
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
    List<Map<String, Tensor>> inputs = draw(0);
    OnnxEdit reference = MaskedReference.of(original, used, inputs.get(0));
    Verification result = compare(reference, carved, inputs, SETTINGS);
    if (result.worst() > NEAR * result.tolerance()) {
      Verification plain = compare(reference, carved, inputs, SessionSettings.plain());
      return plain.passed() ? plain.withNote(NOT_OPTIMISED) : result;
    }
    for (int attempt = 1;
        attempt < ATTEMPTS && isRounding(result, reference, carved, inputs);
        attempt++) {
      pixels |= TrialInputs.hasImages(inputs.get(0));
      inputs = draw(attempt);
      result = compare(reference, carved, inputs, SETTINGS).withNote(DRAWN_AGAIN);
    }
    return result;
  }

  private List<Map<String, Tensor>> draw(int attempt) {
    List<Map<String, Tensor>> inputs = new ArrayList<>();
    for (int run = 0; run < options.runs(); run++) {
      long seed = options.seed() + (long) attempt * options.runs() + run;
      Map<String, Tensor> values = TrialInputs.of(original, seed, options.shapes());
      inputs.add(pixels ? TrialInputs.asPixels(values) : values);
    }
    return inputs;
  }

  private static boolean isRounding(
      Verification result, OnnxEdit reference, OnnxModel carved, List<Map<String, Tensor>> inputs) {
    return !result.passed()
        && result.worst() <= NEAR * result.tolerance()
        && (result.worst() <= EXPLAINED * rounding(reference, inputs)
            || result.worst() <= EXPLAINED * rounding(new OnnxEdit(carved), inputs));
  }

  /** How far a model is from itself when sums are added up in another order. */
  private static double rounding(OnnxEdit model, List<Map<String, Tensor>> inputs) {
    double rounding = 0;
    try (OnnxSession plain = OnnxSession.open(model, SessionSettings.plain());
        OnnxSession fast = OnnxSession.open(model, SessionSettings.fast().withThreads(1))) {
      for (Map<String, Tensor> values : inputs) {
        rounding = Math.max(rounding, Comparison.error(plain.run(values), fast.run(values)));
      }
    }
    return rounding;
  }

  private Verification compare(
      OnnxEdit reference,
      OnnxModel carved,
      List<Map<String, Tensor>> inputs,
      SessionSettings settings) {
    List<Map<String, Tensor>> expected = new ArrayList<>();
    try (OnnxSession session = OnnxSession.open(reference, settings)) {
      inputs.forEach(values -> expected.add(session.run(values)));
    }
    double tolerance =
        options.tolerance().orElseGet(() -> Tolerance.of(original, expected.get(0).values()));
    Map<String, Comparison> comparisons = new LinkedHashMap<>();
    try (OnnxSession session = OnnxSession.open(carved, settings)) {
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

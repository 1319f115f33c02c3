package io.espalier.onnx.verify;

import io.espalier.core.values.Manifest;
import io.espalier.onnx.file.ClosedBranches;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.quantize.FloatForm;
import io.espalier.onnx.runtime.OnnxRunException;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings.Optimisation;
import io.espalier.onnx.runtime.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Compares models carved from one original with the masked reference of their cuts on random
 * inputs, and their parameters with the original's. Reference and carved model run on one thread,
 * and are optimised alike: not at all where that makes them agree, since ONNX Runtime gets some
 * rewritings wrong. Not safe for use by several threads at once.
 *
 * <p>Floats are drawn around 0. Where a model does not pass by little, and rounding alone would
 * explain that, since one of both is as far from itself when sums are added up in another order,
 * other inputs are drawn: images as pixels first, since a network that subtracts a mean colour sees
 * nothing else in small numbers.
 *
 * <p>An agreement proves something only if a wrong cut would have been seen: the reference also
 * runs with other units kept, and an output that this does not move tells nothing. Where none
 * tells, larger inputs are tried once.
 */
public final class Verifier {
  /** Rounding is never further off than this many tolerances. */
  private static final double NEAR = 100;

  /** Rounding explains an error of up to this many times what was measured of it. */
  static final double EXPLAINED = 4;

  private static final int ATTEMPTS = 4;

  private static final String DRAWN_AGAIN =
      "inputs were drawn again, since rounding blurred the first ones";

  private static final String NOT_OPTIMISED =
      "compared without ONNX Runtime's optimisations, which change what one of both models"
          + " computes";

  private static final String SPELLED_OUT =
      "compared with sigmoids spelled out, which ONNX Runtime computes coarsely near 0";

  /** No further: ONNX Runtime 1.29 fuses a transposed matrix and a vector into a wrong product. */
  private static final Optimisation OPTIMISATION = Optimisation.BASIC;

  private final OnnxModel original;
  private final VerifyOptions options;
  private boolean pixels;
  private Drawn drawn;
  private boolean drawnAgain;
  private List<Manifest.Mapped> mapped = List.of();

  /**
   * A verifier of models carved from one original.
   *
   * @throws VerificationException if shapes are given for inputs that it does not have
   */
  public Verifier(OnnxModel original, VerifyOptions options) {
    this.original = original;
    this.options = options;
    this.drawn = draw(0);
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
   * Runs both models and compares each output, and compares their parameters. A carved model that
   * ONNX Runtime cannot load or run does not pass. Where the manifest lists parameters that were
   * given other values after the cut, the original's stand in their place, and the given values
   * have to be those of their hashes. Where it lists parameters that were written in fewer bits,
   * the network is compared as it was before, and quantising it again has to give the file.
   *
   * @throws VerificationException if the manifest does not fit the original
   * @throws OnnxRunException if the original does not run on the inputs
   */
  public Verification verify(OnnxModel carved, Manifest manifest) {
    Manifest used =
        options.masksOnly()
            ? manifest.withCut(manifest.parameters(), List.of(), List.of())
            : manifest;
    if (drawnAgain || !mapped.equals(used.mapped())) {
      mapped = used.mapped();
      drawn = draw(0);
      drawnAgain = false;
    }
    if (!used.quantised().isEmpty()) {
      return quantised(carved, used);
    }
    if (used.compensated().isEmpty()) {
      Trial trial = new Trial(original, carved, used, options);
      Verification result = compare(trial);
      return result.withParameters(used, trial.changed(drawn, result.tolerance()));
    }
    OriginalValues.Restored restored = new Trial(original, carved, used, options).restored(drawn);
    Trial trial = new Trial(original, restored.model(), used, options);
    Verification result = compare(trial);
    List<String> wrong = new ArrayList<>(restored.wrong());
    wrong.addAll(trial.changed(drawn, result.tolerance()));
    if (wrong.isEmpty() && !trial.staysFinite(carved, drawn)) {
      wrong.add("with the compensated values, an output does not come out, or is not finite");
    }
    return result.withParameters(used, wrong);
  }

  /**
   * Compares the carved network before its weights were written in fewer bits: with the nodes that
   * it had and the original's values. Quantising these again has to give what the file holds.
   */
  private Verification quantised(OnnxModel carved, Manifest manifest) {
    FloatForm.Undone undone =
        FloatForm.of(carved, MaskedReference.spelledOut(original, manifest), manifest.quantised());
    if (!undone.wrong().isEmpty()) {
      return Verification.differs(undone.wrong()).withParameters(manifest, undone.wrong());
    }
    OriginalValues.Restored restored =
        new Trial(original, undone.model(), manifest, options).restored(drawn);
    Trial trial = new Trial(original, restored.model(), manifest, options);
    Verification result = compare(trial);
    List<String> wrong = new ArrayList<>(restored.wrong());
    wrong.addAll(trial.changed(drawn, result.tolerance()));
    wrong.addAll(QuantisedCheck.of(carved, undone, restored.model(), manifest));
    if (wrong.isEmpty() && !trial.staysFinite(carved, drawn)) {
      wrong.add("in fewer bits, an output does not come out, or is not finite");
    }
    if (wrong.isEmpty() && manifest.compensated().isEmpty()) {
      result = result.withRounding(trial.distance(carved, drawn));
    }
    return result.withParameters(manifest, wrong);
  }

  private Verification compare(Trial trial) {
    Verification result = trial.compare(drawn, options.settings(OPTIMISATION));
    if (result.worst() > NEAR * result.tolerance() && !options.quick()) {
      Verification plain = trial.compare(drawn, options.settings(Optimisation.NONE));
      result = plain.agrees() ? plain.withNote(NOT_OPTIMISED) : result;
    }
    for (int attempt = 1; attempt < ATTEMPTS && isRounding(result, trial); attempt++) {
      pixels |= TrialInputs.hasImages(drawn.inputs().get(0));
      drawn = draw(attempt);
      drawnAgain = true;
      result = trial.compare(drawn, options.settings(OPTIMISATION)).withNote(DRAWN_AGAIN);
    }
    if (result.agrees() && !result.conclusive() && !options.quick()) {
      pixels |= TrialInputs.hasImages(drawn.inputs().get(0));
      drawn = draw(ATTEMPTS);
      drawnAgain = true;
      Verification larger = trial.compare(drawn, options.settings(OPTIMISATION));
      boolean differs =
          Double.isFinite(larger.worst()) && larger.worst() > NEAR * larger.tolerance();
      result = larger.agrees() || differs ? larger : result;
    }
    if (!result.agrees() && Double.isFinite(result.worst()) && SpelledSigmoids.isIn(original)) {
      Verification spelled = trial.spelled().compare(drawn, options.settings(OPTIMISATION));
      result = spelled.agrees() ? spelled.withNote(SPELLED_OUT) : result;
    }
    return result;
  }

  private Drawn draw(int attempt) {
    List<Map<String, Tensor>> inputs = new ArrayList<>();
    for (int run = 0; run < options.runs(); run++) {
      long seed = options.seed() + (long) attempt * options.runs() + run;
      Map<String, Tensor> values =
          TrialInputs.of(original, seed, options.shapes(), options.values());
      values = MappedPositions.drawn(values, original, mapped, seed, options.values().keySet());
      if (pixels) {
        values = TrialInputs.asPixels(values, options.values().keySet());
      }
      if (attempt >= ATTEMPTS) {
        values = TrialInputs.amplified(values, options.values().keySet());
      }
      inputs.add(values);
    }
    return new Drawn(original, inputs);
  }

  private boolean isRounding(Verification result, Trial trial) {
    return !result.agrees()
        && result.worst() <= NEAR * result.tolerance()
        && (result.worst() <= EXPLAINED * rounding(trial.reference(drawn))
            || result.worst() <= EXPLAINED * rounding(trial.carved()));
  }

  /** How far a model is from itself when sums are added up in another order. */
  private double rounding(OnnxEdit model) {
    double rounding = 0;
    OnnxEdit closed = ClosedBranches.of(model);
    try (OnnxSession plain = OnnxSession.open(closed, options.settings(Optimisation.NONE));
        OnnxSession fast = OnnxSession.open(closed, options.settings(Optimisation.ALL))) {
      for (Map<String, Tensor> values : drawn.inputs()) {
        rounding = Math.max(rounding, Comparison.error(plain.run(values), fast.run(values)));
      }
    }
    return rounding;
  }
}

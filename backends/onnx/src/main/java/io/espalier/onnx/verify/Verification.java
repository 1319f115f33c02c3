package io.espalier.onnx.verify;

import io.espalier.core.values.Manifest;
import java.util.List;

/**
 * How far a carved model is from the masked reference.
 *
 * @param worst the largest relative error of all outputs; infinite if any cannot be compared
 * @param outputs each output of the original
 * @param tolerance the largest error that passes
 * @param compensated parameters that were given other values after the cut, as the manifest lists
 *     them; the original's stood in their place when the outputs were compared
 * @param quantised parameters that were written in fewer bits after the cut, as the manifest lists
 *     them; the original's stood in their place, too
 * @param changed parameters that are not what the manifest keeps of the original's, or not what it
 *     lists, a sentence each
 * @param rounding how far fewer bits move the outputs: the root of the summed squared differences
 *     over that of the outputs; 0 if there are none, or where values were changed before
 * @param note what to know about the result, one sentence; empty if there is nothing
 */
public record Verification(
    double worst,
    List<Output> outputs,
    double tolerance,
    List<String> compensated,
    List<String> quantised,
    List<String> changed,
    double rounding,
    String note) {

  public Verification {
    outputs = List.copyOf(outputs);
    compensated = List.copyOf(compensated);
    quantised = List.copyOf(quantised);
    changed = List.copyOf(changed);
  }

  /** What comes of it. */
  public enum Verdict {
    /** The carved model computes what the masked original does. */
    PROVED,
    /** It does not. */
    DIFFERS,
    /** Nothing differs, but neither would it if units were cut wrongly. */
    INCONCLUSIVE
  }

  /**
   * One output, over all runs.
   *
   * @param name its name
   * @param error the largest difference, divided by the largest magnitude in the original, there or
   *     before functions that saturate; infinite if a value is not finite, or shapes differ
   * @param conclusive whether agreement proves anything: not if a wrong cut agrees as well
   * @param note what is wrong with it, or makes it inconclusive; empty if nothing
   */
  public record Output(String name, double error, boolean conclusive, String note) {}

  /** Nothing but what is wrong with the parameters or nodes. */
  static Verification differs(List<String> changed) {
    double worst = Double.POSITIVE_INFINITY;
    return new Verification(worst, List.of(), 0, List.of(), List.of(), changed, 0, "");
  }

  Verification withNote(String more) {
    String both = note.isEmpty() ? more : more + "; " + note;
    return new Verification(
        worst, outputs, tolerance, compensated, quantised, changed, rounding, both);
  }

  Verification withRounding(double ofOutputs) {
    return new Verification(
        worst, outputs, tolerance, compensated, quantised, changed, ofOutputs, note);
  }

  /**
   * With the parameters that a manifest lists.
   *
   * @param notAsListed what is not as the manifest says, a sentence each
   */
  Verification withParameters(Manifest manifest, List<String> notAsListed) {
    return new Verification(
        worst,
        outputs,
        tolerance,
        manifest.compensated().stream().map(Manifest.Compensated::initializer).toList(),
        manifest.quantised().stream().map(Manifest.Quantised::initializer).distinct().toList(),
        notAsListed,
        rounding,
        note);
  }

  /** Whether nothing is known to be wrong. */
  public boolean passed() {
    return agrees() && changed.isEmpty();
  }

  /** Whether the outputs agree, within the tolerance. */
  public boolean agrees() {
    return worst <= tolerance;
  }

  /** Whether no output differs by itself, and none would if units were cut wrongly. */
  public boolean silent() {
    return !outputs.isEmpty()
        && outputs.stream().noneMatch(output -> output.conclusive() || output.note().isEmpty());
  }

  /** Whether at least one output proves something. */
  public boolean conclusive() {
    return outputs.stream().anyMatch(Output::conclusive);
  }

  public Verdict verdict() {
    if (!passed()) {
      return Verdict.DIFFERS;
    }
    return conclusive() ? Verdict.PROVED : Verdict.INCONCLUSIVE;
  }
}

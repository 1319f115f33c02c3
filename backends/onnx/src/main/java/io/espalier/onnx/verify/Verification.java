package io.espalier.onnx.verify;

import java.util.List;

/**
 * How far a carved model is from the masked reference.
 *
 * @param worst the largest relative error of all outputs; infinite if any cannot be compared
 * @param outputs each output of the original
 * @param tolerance the largest error that passes
 * @param passed whether the worst error is within the tolerance
 * @param note what to know about the result, one sentence; empty if there is nothing
 */
public record Verification(
    double worst, List<Output> outputs, double tolerance, boolean passed, String note) {

  public Verification {
    outputs = List.copyOf(outputs);
  }

  /**
   * One output, over all runs.
   *
   * @param name its name
   * @param error the largest difference, divided by the largest magnitude in the reference;
   *     infinite if a value is not finite, or shapes differ
   * @param conclusive whether agreement proves anything: not if the reference is the same number
   *     everywhere, or the same for different inputs
   * @param note what is wrong with it, or makes it inconclusive; empty if nothing
   */
  public record Output(String name, double error, boolean conclusive, String note) {}

  Verification withNote(String more) {
    String both = note.isEmpty() ? more : more + "; " + note;
    return new Verification(worst, outputs, tolerance, passed, both);
  }

  /** Whether at least one output proves something. */
  public boolean conclusive() {
    return outputs.stream().anyMatch(Output::conclusive);
  }
}

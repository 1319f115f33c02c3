package io.espalier.onnx.verify;

import io.espalier.onnx.runtime.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one output. Its error is measured on the scale that the original sets there, or
 * before the functions that saturate at the end, if that is larger; there it is measured as well.
 */
final class OutputVerdict {
  private final String name;
  private final String beforeName;
  private final Comparison output;
  private final @Nullable Comparison before;
  private final double scale;
  private final double beforeScale;
  private final double tolerance;
  private boolean tells;
  private boolean unexplained;
  private String silence = "it would be the same if other units had been kept";

  /**
   * @param beforeName what stands before functions that saturate; empty if there are none
   * @param places how far carved model and reference are apart, by name
   * @param scales the largest magnitudes in the original, by name
   */
  OutputVerdict(
      String name,
      String beforeName,
      Map<String, Comparison> places,
      Map<String, Double> scales,
      double tolerance) {
    this.name = name;
    this.beforeName = beforeName;
    this.output = places.getOrDefault(name, new Comparison());
    this.before = places.get(beforeName);
    this.tolerance = tolerance;
    this.beforeScale =
        Math.max(scales.getOrDefault(beforeName, 0.0), before == null ? 0 : before.magnitude());
    this.scale =
        Math.max(beforeScale, Math.max(scales.getOrDefault(name, 0.0), output.magnitude()));
  }

  private double error() {
    double own = output.on(scale);
    return before == null ? own : Math.max(own, before.on(beforeScale));
  }

  /** What another network than the reference gives, which must not pass. */
  void control(Map<String, Comparison> moved) {
    Comparison own = moved.get(name);
    Comparison other = moved.get(beforeName);
    if (own != null && own.difference() > 0) {
      tells |= own.difference() > least(output, scale);
      tells |= before != null && other != null && other.difference() > least(before, beforeScale);
    }
  }

  /** The same without a cut: other inputs have to give something else. */
  void follow(List<Map<String, Tensor>> runs, boolean equalInputs) {
    Tensor first = runs.get(0).get(name);
    if (first == null) {
      return;
    }
    double least = least(output, scale);
    float[] values = first.floats();
    boolean varies = false;
    for (float value : values) {
      varies |= Math.abs((double) value - values[0]) > least;
    }
    silence = varies ? "it does not depend on the input" : "every element is the same number";
    if (runs.size() < 2 || equalInputs) {
      tells = varies;
      return;
    }
    Comparison moved = new Comparison();
    moved.add(first, runs.get(1).get(name));
    tells = moved.difference() > least;
  }

  /** The largest difference that would have passed, on the smallest scale on which it did pass. */
  private double least(Comparison place, double widest) {
    double tight = tolerance * place.magnitude();
    return place.difference() <= tight ? tight : tolerance * widest;
  }

  boolean tells() {
    return tells && !unexplained;
  }

  /**
   * Whether it agrees only on the scale of the original, the signal of both networks being weaker:
   * that much may be rounding, or a wrong cut.
   */
  boolean isCoarse() {
    return isCoarse(output, scale) || (before != null && isCoarse(before, beforeScale));
  }

  private boolean isCoarse(Comparison place, double widest) {
    return place.difference() > tolerance * place.magnitude()
        && place.difference() <= tolerance * widest;
  }

  /** Proves nothing where a coarse agreement is not explained by what rounding alone does. */
  void explain(Map<String, Comparison> rounding) {
    unexplained =
        (isCoarse(output, scale) && !isExplained(output, rounding.get(name)))
            || (before != null
                && isCoarse(before, beforeScale)
                && !isExplained(before, rounding.get(beforeName)));
    if (unexplained) {
      silence = "its signal is too weak to tell a wrong cut from rounding";
    }
  }

  private static boolean isExplained(Comparison place, @Nullable Comparison rounding) {
    return rounding != null && place.difference() <= Verifier.EXPLAINED * rounding.difference();
  }

  /** Whether the output itself agrees, whatever stands before it. */
  boolean agrees() {
    return output.wrong().isEmpty() && output.on(scale) <= tolerance;
  }

  /**
   * @param asked whether it was tried if a wrong cut would have been seen
   */
  Verification.Output result(boolean asked) {
    String wrong = output.wrong();
    if (wrong.isEmpty() && before != null) {
      wrong = before.wrong();
    }
    String note = asked && !tells() ? silence : "";
    return new Verification.Output(name, error(), tells(), wrong.isEmpty() ? note : wrong);
  }
}

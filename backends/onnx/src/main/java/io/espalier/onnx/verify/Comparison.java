package io.espalier.onnx.verify;

import io.espalier.onnx.runtime.Tensor;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How far two runs are apart at one place of a network. */
final class Comparison {
  private double difference;
  private double magnitude;
  private String wrong = "";

  /** Adds what was expected there in one run, and what came. */
  void add(Tensor expected, @Nullable Tensor actual) {
    if (actual == null) {
      fail("the carved model does not have it");
    } else if (!Arrays.equals(expected.shape(), actual.shape())) {
      fail("it is " + actual + " instead of " + expected);
    } else {
      add(expected.floats(), actual.floats());
    }
  }

  private void add(float[] expected, float[] actual) {
    for (int i = 0; i < expected.length; i++) {
      if (Float.isFinite(expected[i]) && Float.isFinite(actual[i])) {
        difference = Math.max(difference, Math.abs((double) actual[i] - expected[i]));
        magnitude = Math.max(magnitude, Math.abs((double) expected[i]));
      } else if (Float.isNaN(expected[i]) || expected[i] != actual[i]) {
        fail("element " + i + " is " + actual[i] + ", in the reference " + expected[i]);
        return;
      }
    }
  }

  private void fail(String reason) {
    difference = Double.POSITIVE_INFINITY;
    wrong = reason;
  }

  /** The largest difference; infinite if a value is not finite, or shapes differ. */
  double difference() {
    return difference;
  }

  /** The largest magnitude that was expected. */
  double magnitude() {
    return magnitude;
  }

  /** Why they cannot be compared; empty if they can. */
  String wrong() {
    return wrong;
  }

  /** The difference on a scale; 0 where there is none, whatever the scale. */
  double on(double scale) {
    return difference == 0 ? 0 : difference / scale;
  }

  /** The larger of a magnitude and that of a tensor. */
  static double magnitude(double before, Tensor tensor) {
    double largest = before;
    for (float value : tensor.floats()) {
      if (Float.isFinite(value)) {
        largest = Math.max(largest, Math.abs((double) value));
      }
    }
    return largest;
  }

  /** The largest error of all outputs of one run, each on the scale of the first. */
  static double error(Map<String, Tensor> reference, Map<String, Tensor> other) {
    double worst = 0;
    for (Map.Entry<String, Tensor> output : reference.entrySet()) {
      Comparison comparison = new Comparison();
      comparison.add(output.getValue(), other.get(output.getKey()));
      worst = Math.max(worst, comparison.on(comparison.magnitude()));
    }
    return worst;
  }
}

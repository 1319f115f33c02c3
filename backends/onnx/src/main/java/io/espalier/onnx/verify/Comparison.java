package io.espalier.onnx.verify;

import io.espalier.onnx.runtime.Tensor;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One output of the reference and of the carved model, run after run. */
final class Comparison {
  private final String name;
  private double error;
  private String wrong = "";
  private boolean varies;
  private boolean follows;
  private int runs;
  private float @Nullable [] first;

  Comparison(String name) {
    this.name = name;
  }

  /** The largest error of all outputs of one run. */
  static double error(Map<String, Tensor> reference, Map<String, Tensor> other) {
    double worst = 0;
    for (Map.Entry<String, Tensor> output : reference.entrySet()) {
      Comparison comparison = new Comparison(output.getKey());
      comparison.add(output.getValue(), other.get(output.getKey()));
      worst = Math.max(worst, comparison.error);
    }
    return worst;
  }

  void add(Tensor reference, @Nullable Tensor carved) {
    float[] expected = reference.floats();
    if (carved == null) {
      fail("the carved model does not have it");
    } else if (!Arrays.equals(reference.shape(), carved.shape())) {
      fail("it is " + carved + " instead of " + reference);
    } else {
      compare(expected, carved.floats());
    }
    for (float value : expected) {
      varies |= value != expected[0];
    }
    follows |= first != null && !Arrays.equals(first, expected);
    first = expected;
    runs++;
  }

  private void compare(float[] expected, float[] actual) {
    double difference = 0;
    double scale = 0;
    for (int i = 0; i < expected.length; i++) {
      if (Float.isFinite(expected[i]) && Float.isFinite(actual[i])) {
        difference = Math.max(difference, Math.abs((double) actual[i] - expected[i]));
        scale = Math.max(scale, Math.abs((double) expected[i]));
      } else if (Float.isNaN(expected[i]) || expected[i] != actual[i]) {
        fail("element " + i + " is " + actual[i] + ", in the reference " + expected[i]);
        return;
      }
    }
    if (difference > 0) {
      error = Math.max(error, difference / scale);
    }
  }

  private void fail(String reason) {
    error = Double.POSITIVE_INFINITY;
    wrong = reason;
  }

  Verification.Output result() {
    if (!wrong.isEmpty()) {
      return new Verification.Output(name, error, false, wrong);
    }
    if (!varies && !follows) {
      return new Verification.Output(name, error, false, "every element is the same number");
    }
    if (runs > 1 && !follows) {
      return new Verification.Output(name, error, false, "it does not depend on the input");
    }
    return new Verification.Output(name, error, true, "");
  }
}

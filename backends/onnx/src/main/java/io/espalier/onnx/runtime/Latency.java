package io.espalier.onnx.runtime;

import ai.onnxruntime.OrtSession;
import java.util.Arrays;
import java.util.Map;

/** How long a model takes. */
public final class Latency {
  private Latency() {}

  /**
   * Runs a model again and again on the same inputs.
   *
   * @param warmup runs that do not count, at least 0
   * @param runs runs that count, at least 1
   * @return the median of one run, in nanoseconds
   * @throws OnnxRunException if the model fails
   */
  public static long measure(
      OnnxSession session, Map<String, Tensor> inputs, int warmup, int runs) {
    if (runs < 1) {
      throw new IllegalArgumentException("a median needs a run");
    }
    long[] nanoseconds = new long[runs];
    try (NativeTensors prepared = session.prepare(inputs)) {
      for (int i = -warmup; i < runs; i++) {
        long start = System.nanoTime();
        OrtSession.Result result = session.run(prepared);
        nanoseconds[Math.max(i, 0)] = System.nanoTime() - start;
        result.close();
      }
    }
    Arrays.sort(nanoseconds);
    return nanoseconds[runs / 2];
  }
}

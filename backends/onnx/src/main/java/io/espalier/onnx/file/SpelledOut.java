package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.function.Predicate;

/**
 * A model as it is analysed: without calls of functions that no rule knows, without branches that
 * are always taken, and with a tensor of zeros for each place that is written into.
 */
public final class SpelledOut {
  /** Deeper than any model is; a function that calls itself in a branch would never end. */
  private static final int DEEPEST = 32;

  private SpelledOut() {}

  /**
   * The model; the same one where there is nothing to do.
   *
   * @param calls the calls of functions to replace
   */
  public static OnnxModel of(OnnxModel model, Predicate<NodeProto> calls) {
    OnnxModel plain = model;
    for (int i = 0; i < DEEPEST; i++) {
      OnnxModel next = Branches.inline(Functions.inline(plain, calls));
      if (next == plain) {
        break;
      }
      plain = next;
    }
    return SharedZeros.separate(plain);
  }
}

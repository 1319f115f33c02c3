package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A model as it is analysed: without calls of functions that no rule knows, without branches that
 * are always taken, and with a tensor of zeros for each place that is written into.
 */
public final class SpelledOut {
  /** Deeper than any model is; a function that calls itself in a branch would never end. */
  private static final int DEEPEST = 64;

  private SpelledOut() {}

  /**
   * The model as it may be written; the same one where there is nothing to do.
   *
   * @param calls the calls of functions to replace
   */
  public static OnnxModel of(OnnxModel model, Predicate<NodeProto> calls) {
    return repeat(model, plain -> Branches.inline(Functions.inline(plain, calls)));
  }

  /**
   * The same, and with both branches where it is not known which is taken: to be analysed and
   * edited, and {@linkplain ClosedBranches closed} again.
   *
   * @param calls the calls of functions to replace
   */
  public static OnnxModel opened(OnnxModel model, Predicate<NodeProto> calls) {
    return repeat(
        model,
        plain -> {
          // which branch is taken may be known only when those around are open
          OnnxModel known = Branches.inline(Functions.inline(plain, calls));
          return known == plain ? OpenBranches.open(plain) : known;
        });
  }

  /** The same of a model that was carved, in which every call stays. */
  public static OnnxModel opened(OnnxModel model) {
    return opened(model, call -> false);
  }

  /** Whether a node takes what one of two opened branches hands out: condition, then, else. */
  public static boolean isJoin(NodeProto node) {
    return !BranchMarks.choice(node).isEmpty();
  }

  private static OnnxModel repeat(OnnxModel model, UnaryOperator<OnnxModel> step) {
    OnnxModel plain = model;
    for (int i = 0; i < DEEPEST; i++) {
      OnnxModel next = step.apply(plain);
      if (next == plain) {
        break;
      }
      plain = next;
    }
    return SharedZeros.separate(plain);
  }
}

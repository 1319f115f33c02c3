package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A model as it is analysed: without calls of functions that no rule knows, without branches that
 * are always taken, and with a tensor of zeros for each place that is written into. Branches that
 * may be taken, and what runs in a loop, can stand beside what is around them.
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
   * The same, and with both branches where it is not known which is taken, and the first turns of
   * loops: to be analysed and edited, and {@linkplain ClosedBranches closed} again.
   *
   * @param calls the calls of functions to replace
   */
  public static OnnxModel opened(OnnxModel model, Predicate<NodeProto> calls) {
    return repeat(
        model,
        plain -> {
          // which branch is taken may be known only when those around are open
          OnnxModel known = Branches.inline(Functions.inline(plain, calls));
          return known == plain ? OpenLoops.open(OpenBranches.open(plain)) : known;
        });
  }

  /** The same of a model that was carved, in which every call stays. */
  public static OnnxModel opened(OnnxModel model) {
    return opened(model, call -> false);
  }

  /**
   * The operator that a node of an opened model stands for, whatever it runs; the empty string
   * where it is what it says. It takes what one of two branches hands out (condition, then, else),
   * or it is what a loop is given (condition, and twice the tensor) or hands on (what is carried to
   * the next turn, and what was carried to this one).
   */
  public static String operator(NodeProto node) {
    return BranchMarks.choice(node).isEmpty() ? LoopMarks.typed(node) : "If";
  }

  /** The first output of the loop that a node stands around the body of; empty for none. */
  public static String loop(NodeProto node) {
    return LoopMarks.loop(node);
  }

  /** The nodes of an opened model that run once in every turn of a loop, by their positions. */
  public static BitSet repeated(OnnxModel model) {
    Map<String, String> around = new HashMap<>();
    for (NodeProto node : model.nodes()) {
      around.put(LoopMarks.loop(node) + BranchMarks.choice(node), BranchMarks.branch(node));
    }
    BitSet repeated = new BitSet();
    for (int i = 0; i < model.nodes().size(); i++) {
      String branch = BranchMarks.branch(model.nodes().get(i));
      while (!branch.isEmpty() && !BranchMarks.isBody(branch)) {
        branch = around.getOrDefault(BranchMarks.choice(branch), "");
      }
      repeated.set(i, !branch.isEmpty());
    }
    return repeated;
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

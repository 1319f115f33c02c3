package io.espalier.djl;

import ai.djl.nn.Block;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;

/** What one can do about a width that a block holds where nobody can change it. */
final class Advice {
  private static final String DJL = "ai.djl.";
  private static final int MOST_CLASSES = 3;

  private Advice() {}

  /**
   * What helps in a network. Only a class of one's own can be given a {@code BlockWidths}: those of
   * DJL have theirs, and what a lambda or a class without a name holds cannot be reached.
   */
  static String onHeldWidth(Block root) {
    Set<String> own = ownClasses(root);
    String shape =
        "take it from the shape of an array where the code holds it, or freeze it by a rule";
    if (own.isEmpty()) {
      return shape;
    }
    int rest = own.size() - MOST_CLASSES;
    return "if a field of "
        + String.join(", ", own.stream().limit(MOST_CLASSES).toList())
        + (rest > 0 ? " and " + rest + " more" : "")
        + " holds this width, say so by a BlockWidths; else "
        + shape;
  }

  /** The classes of blocks that a user wrote and named. */
  private static Set<String> ownClasses(Block root) {
    Set<String> own = new TreeSet<>();
    Deque<Block> work = new ArrayDeque<>();
    work.push(root);
    while (!work.isEmpty()) {
      Block block = work.pop();
      Class<?> type = block.getClass();
      boolean named = !type.isAnonymousClass() && !type.isSynthetic() && !type.isHidden();
      if (named && !type.getName().startsWith(DJL)) {
        own.add(type.getName());
      }
      block.getChildren().values().forEach(work::push);
    }
    return own;
  }
}

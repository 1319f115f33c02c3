package io.espalier.djl.carve;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every block and parameter that can be reached from a block, and which holds which. */
final class BlockParts {
  private final IdentityHashMap<Block, List<Block>> holders = new IdentityHashMap<>();
  private final IdentityHashMap<Block, List<Block>> held = new IdentityHashMap<>();
  private final IdentityHashMap<Parameter, List<Block>> owners = new IdentityHashMap<>();
  private final List<Block> blocks = new ArrayList<>();
  private final Set<Block> fixed = Collections.newSetFromMap(new IdentityHashMap<>());

  BlockParts(Block root) {
    Deque<Block> work = new ArrayDeque<>(List.of(root));
    fixed.add(root);
    holders.put(root, new ArrayList<>());
    while (!work.isEmpty()) {
      Block block = work.pop();
      blocks.add(block);
      List<Block> inside = new ArrayList<>();
      held.put(block, inside);
      fixed.addAll(Contents.fixed(block));
      Contents.of(
          block,
          part -> {
            if (part instanceof Parameter parameter) {
              owners.computeIfAbsent(parameter, key -> new ArrayList<>()).add(block);
            } else {
              Block child = (Block) part;
              inside.add(child);
              if (!holders.containsKey(child)) {
                work.push(child);
              }
              holders.computeIfAbsent(child, key -> new ArrayList<>()).add(block);
            }
          });
    }
  }

  /** Every block, the outermost one first. */
  List<Block> blocks() {
    return blocks;
  }

  Set<Parameter> parameters() {
    return owners.keySet();
  }

  /** The blocks that hold a parameter. */
  List<Block> owners(Parameter parameter) {
    return owners.getOrDefault(parameter, List.of());
  }

  /** The blocks that hold a block. */
  List<Block> holders(Block block) {
    return holders.getOrDefault(block, List.of());
  }

  /**
   * Whether a block cannot be dropped from the one around it, since it stands in a field, or is a
   * branch.
   */
  boolean isFixed(Block block) {
    return fixed.contains(block);
  }

  /** A block and all that stand inside it. */
  Set<Block> inside(Block outer) {
    return reach(List.of(outer), held);
  }

  /** Some blocks, and all that hold them, directly or not. */
  Set<Block> around(Collection<Block> some) {
    return reach(some, holders);
  }

  private static Set<Block> reach(Collection<Block> from, Map<Block, List<Block>> next) {
    Set<Block> reached = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Block> work = new ArrayDeque<>(from);
    while (!work.isEmpty()) {
      Block block = work.pop();
      if (reached.add(block)) {
        next.getOrDefault(block, List.of()).forEach(work::push);
      }
    }
    return reached;
  }
}

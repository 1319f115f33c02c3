package io.espalier.djl.trace.blocks;

import ai.djl.nn.Block;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Names every call of a block: by the path of the block, with {@code _2} and so on behind it for
 * later calls of the same one. The outermost block has an empty path.
 */
public final class CallPaths {
  private final BlockTree tree;
  private final IdentityHashMap<BlockCall, String> paths = new IdentityHashMap<>();
  private final Set<String> taken = new HashSet<>();

  public CallPaths(BlockTree tree, BlockCall root) {
    this.tree = tree;
    paths.put(root, "");
    name(root);
  }

  public String path(BlockCall call) {
    return paths.getOrDefault(call, "");
  }

  private void name(BlockCall call) {
    List<Block> seen = new ArrayList<>();
    for (BlockCall child : call.children()) {
      child.block().ifPresent(seen::add);
    }
    for (BlockCall child : call.children()) {
      if (child.block().isEmpty()) {
        guess(call, child, seen);
      }
      String around = path(call);
      String own = own(call, child);
      String path = around.isEmpty() ? own : around + "." + own;
      String unique = path;
      for (int i = 2; !taken.add(unique); i++) {
        unique = path + "_" + i;
      }
      paths.put(child, unique);
      name(child);
    }
  }

  private String own(BlockCall call, BlockCall child) {
    Map<Block, String> names = call.block().map(tree::children).orElse(Map.of());
    String known = child.block().map(names::get).orElse(null);
    if (known != null) {
      return known;
    }
    return BlockTree.plain(
        child
            .block()
            .<Class<?>>map(Block::getClass)
            .or(() -> child.key().map(BlockCall.Key::type))
            .map(Class::getSimpleName)
            .orElse("block"));
  }

  /** A block without parameters: the first of its class that was not seen yet. */
  private void guess(BlockCall call, BlockCall child, List<Block> seen) {
    Class<?> type = child.key().<Class<?>>map(BlockCall.Key::type).orElse(Block.class);
    List<Block> candidates =
        call.block().map(tree::children).orElse(Map.of()).keySet().stream()
            .filter(type::isInstance)
            .toList();
    candidates.stream()
        .filter(block -> seen.stream().noneMatch(other -> other == block))
        .findFirst()
        .or(() -> candidates.stream().findFirst())
        .ifPresent(
            block -> {
              seen.add(block);
              child.resolve(block);
            });
  }
}

package io.espalier.djl.trace.blocks;

import ai.djl.nn.AbstractBaseBlock;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import java.lang.StackWalker.StackFrame;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which call of which block an operator belongs to. A block that the tracer calls itself
 * is known. For blocks that other blocks call, the stack tells the class and the place of each
 * call, and the parameters that are asked for tell the instance.
 */
public final class BlockCalls {
  private static final String FORWARD = "forward";
  private static final String INTERNAL = "forwardInternal";
  private static final StackWalker STACK =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private final BlockTree tree;
  private final Class<?> runner;
  private @Nullable BlockCall root;
  private final List<BlockCall> known = new ArrayList<>();

  /** The calls inside the innermost known one, as of the last event. */
  private final List<BlockCall> active = new ArrayList<>();

  /**
   * No calls yet.
   *
   * @param runner the class that makes the calls of the tracer itself
   */
  public BlockCalls(BlockTree tree, Class<?> runner) {
    this.tree = tree;
    this.runner = runner;
  }

  /** Starts a call that the tracer makes itself. */
  public BlockCall enter(Block block) {
    BlockCall call = new BlockCall(known.isEmpty() ? null : top(), null, block);
    known.add(call);
    active.clear();
    root = root == null ? call : root;
    return call;
  }

  /** Ends the innermost of them. */
  public void exit() {
    known.remove(known.size() - 1);
    active.clear();
  }

  /** The outermost call. */
  public BlockCall root() {
    return Objects.requireNonNull(root, "nothing was called yet");
  }

  private BlockCall top() {
    return known.get(known.size() - 1);
  }

  /** The call that the stack stands in, for an operator. */
  public BlockCall current() {
    follow(keys());
    BlockCall call = innermost();
    call.act();
    return call;
  }

  private BlockCall innermost() {
    return active.isEmpty() ? top() : active.get(active.size() - 1);
  }

  /** Takes note that a parameter is asked for. */
  public void touch(Parameter parameter) {
    List<BlockCall.Key> keys = keys();
    follow(keys);
    Block owner = tree.owner(parameter).orElse(null);
    if (owner == null) {
      return;
    }
    for (int depth = 0; depth < active.size(); depth++) {
      Block outer = (depth == 0 ? top() : active.get(depth - 1)).block().orElse(null);
      Block only = outer == null ? null : only(outer, keys.get(depth), owner);
      if (only == null) {
        return;
      }
      Optional<Block> before = active.get(depth).block();
      if (before.isPresent() && before.get() != only) {
        restart(depth, keys);
      }
      active.get(depth).resolve(only);
    }
  }

  /** The one block inside another that a call can be of if it leads to the owner of a parameter. */
  private @Nullable Block only(Block outer, BlockCall.Key key, Block owner) {
    List<Block> candidates =
        tree.children(outer).keySet().stream()
            .filter(child -> key.type().isInstance(child) && tree.contains(child, owner))
            .toList();
    return candidates.size() == 1 ? candidates.get(0) : null;
  }

  /**
   * Makes the active calls those that the stack shows, which are the same as long as they can be.
   */
  private void follow(List<BlockCall.Key> keys) {
    int same = 0;
    while (same < keys.size()
        && same < active.size()
        && active.get(same).key().filter(keys.get(same)::equals).isPresent()
        && !isOver(active.get(same), same < keys.size() - 1)) {
      same++;
    }
    restart(same, keys);
  }

  /** A block that works on what its children give does not go back to them. */
  private static boolean isOver(BlockCall call, boolean deeper) {
    return deeper
        && call.acted()
        && call.key().filter(key -> key.type() == ParallelBlock.class).isPresent();
  }

  private void restart(int depth, List<BlockCall.Key> keys) {
    active.subList(depth, active.size()).clear();
    for (int i = depth; i < keys.size(); i++) {
      active.add(new BlockCall(innermost(), keys.get(i), null));
    }
  }

  /** The calls on the stack inside the one that the tracer made last, outermost first. */
  private List<BlockCall.Key> keys() {
    List<StackFrame> frames =
        STACK.walk(
            stack ->
                stack
                    .takeWhile(frame -> frame.getDeclaringClass() != runner)
                    .collect(Collectors.toCollection(ArrayList::new)));
    Collections.reverse(frames);
    List<BlockCall.Key> keys = new ArrayList<>();
    String site = "";
    boolean open = false;
    for (StackFrame frame : frames) {
      Class<?> type = frame.getDeclaringClass();
      boolean block = Block.class.isAssignableFrom(type);
      boolean forward = block && frame.getMethodName().equals(FORWARD);
      if (forward && type != Block.class && !open) {
        keys.add(new BlockCall.Key(type, site));
        open = type == AbstractBaseBlock.class;
      } else if (open && block && frame.getMethodName().equals(INTERNAL)) {
        keys.set(keys.size() - 1, new BlockCall.Key(type, site));
        open = false;
      }
      if (!forward) {
        site = type.getName() + "#" + frame.getMethodName() + "@" + frame.getByteCodeIndex();
      }
    }
    // the outermost one is the block that the tracer called
    return keys.isEmpty() ? keys : keys.subList(1, keys.size());
  }
}

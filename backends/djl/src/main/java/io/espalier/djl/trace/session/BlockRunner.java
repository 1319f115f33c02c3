package io.espalier.djl.trace.session;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import io.espalier.djl.trace.blocks.BlockCall;
import io.espalier.djl.trace.tape.Tape;
import io.espalier.djl.trace.values.Value;
import io.espalier.trace.TraceException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Runs blocks on symbolic arrays. The children of sequential and parallel blocks are called one by
 * one, so that what cannot be traced is a leaf as small as possible.
 */
final class BlockRunner {
  private final Session session;

  BlockRunner(Session session) {
    this.session = session;
  }

  NDList run(Block block, NDList inputs) {
    List<Value> before = inputs.stream().map(session::value).toList();
    Tape.Mark mark = session.tape().mark();
    BlockCall call = session.calls().enter(block);
    try {
      NDList outputs = forward(block, inputs);
      outputs.forEach(session::value);
      return outputs;
    } catch (TraceException e) {
      throw e;
    } catch (RuntimeException e) {
      session.reset(mark);
      call.children().clear();
      return session.leaf(block, before, e);
    } finally {
      session.calls().exit();
    }
  }

  private NDList forward(Block block, NDList inputs) {
    if (block instanceof SequentialBlock sequential
        && inherits(block, SequentialBlock.class)
        && !sequential.isReturnIntermediate()) {
      NDList current = inputs;
      for (Block child : block.getChildren().values()) {
        current = run(child, current);
      }
      return current;
    }
    Optional<Function<List<NDList>, NDList>> join =
        block instanceof ParallelBlock && inherits(block, ParallelBlock.class)
            ? join(block)
            : Optional.empty();
    if (join.isPresent()) {
      List<NDList> branches = new ArrayList<>();
      for (Block child : block.getChildren().values()) {
        branches.add(run(child, inputs));
      }
      return join.get().apply(branches);
    }
    return block.forward(session.store(), inputs, false, null);
  }

  /** Whether a block runs as the class it extends does. */
  private static boolean inherits(Block block, Class<?> from) {
    for (Class<?> type = block.getClass(); type != from; type = type.getSuperclass()) {
      for (Method method : type.getDeclaredMethods()) {
        if (method.getName().startsWith("forward")) {
          return false;
        }
      }
    }
    return true;
  }

  /** What a parallel block makes of the outputs of its children. */
  @SuppressWarnings("unchecked")
  private static Optional<Function<List<NDList>, NDList>> join(Block parallel) {
    try {
      Field field = ParallelBlock.class.getDeclaredField("function");
      field.setAccessible(true);
      return Optional.ofNullable((Function<List<NDList>, NDList>) field.get(parallel));
    } catch (ReflectiveOperationException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** The arrays of a list as the run knows them now. */
  static List<Value> values(Session session, NDList list) {
    List<Value> values = new ArrayList<>();
    for (NDArray array : list) {
      values.add(session.value(array));
    }
    return values;
  }
}

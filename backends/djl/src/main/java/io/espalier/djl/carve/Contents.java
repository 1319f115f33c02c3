package io.espalier.djl.carve;

import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import ai.djl.util.PairList;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the blocks and parameters that an object holds: in its fields, in collections and arrays
 * there, and in what lambdas have captured.
 */
final class Contents {
  private Contents() {}

  /** Visits the blocks and parameters directly inside a block. */
  static void of(Block block, Consumer<Object> found) {
    for (Field field : InstanceFields.of(block.getClass())) {
      if (!field.getType().isPrimitive()) {
        look(InstanceFields.get(field, block), found);
      }
    }
  }

  /** The blocks directly inside one that it does not go through one by one. */
  static List<Block> fixed(Block block) {
    List<Block> fixed = new ArrayList<>();
    for (Field field : InstanceFields.of(block.getClass())) {
      if (!field.getType().isPrimitive()) {
        Object value = InstanceFields.get(field, block);
        if (value instanceof Block child) {
          fixed.add(child);
        } else if (value != null && isLambda(value)) {
          look(value, part -> addBlock(part, fixed));
        }
      }
    }
    if (block instanceof ParallelBlock) {
      fixed.addAll(block.getChildren().values());
    }
    return fixed;
  }

  private static void addBlock(Object part, List<Block> blocks) {
    if (part instanceof Block block) {
      blocks.add(block);
    }
  }

  private static void look(@Nullable Object value, Consumer<Object> found) {
    if (value instanceof Block || value instanceof Parameter) {
      found.accept(value);
    } else if (value instanceof Collection<?> collection) {
      collection.forEach(element -> look(element, found));
    } else if (value instanceof Map<?, ?> map) {
      map.values().forEach(element -> look(element, found));
    } else if (value instanceof PairList<?, ?> pairs) {
      pairs.values().forEach(element -> look(element, found));
    } else if (value instanceof Pair<?, ?> pair) {
      look(pair.getKey(), found);
      look(pair.getValue(), found);
    } else if (value instanceof Optional<?> optional) {
      optional.ifPresent(element -> look(element, found));
    } else if (value instanceof Object[] array) {
      Arrays.asList(array).forEach(element -> look(element, found));
    } else if (value != null && isLambda(value)) {
      for (Field field : InstanceFields.of(value.getClass())) {
        if (!field.getType().isPrimitive()) {
          look(InstanceFields.get(field, value), found);
        }
      }
    }
  }

  /** Whether an object was made by a lambda or a method reference. */
  static boolean isLambda(Object value) {
    return value.getClass().isHidden() && value.getClass().isSynthetic();
  }
}

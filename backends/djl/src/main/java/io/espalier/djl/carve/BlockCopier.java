package io.espalier.djl.carve;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.util.Pair;
import ai.djl.util.PairList;
import io.espalier.spi.EspalierException;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Copies blocks without running their constructors. What does not change is shared with the
 * original; a collection is copied where something in it changes.
 */
final class BlockCopier {
  private final Set<Block> changed;
  private final Set<Block> removed;
  private final Map<Block, Map<Field, Object>> fields;
  private final UnaryOperator<Parameter> parameters;
  private final UnaryOperator<NDArray> arrays;
  private final IdentityHashMap<Object, Object> copies = new IdentityHashMap<>();

  /**
   * A copier.
   *
   * @param changed the blocks to copy, with all that hold one of them
   * @param removed blocks that are dropped from the collections they stand in
   * @param fields new values of fields
   * @param parameters what stands in the place of a parameter
   * @param arrays what stands in the place of an array that a block holds
   */
  BlockCopier(
      Set<Block> changed,
      Set<Block> removed,
      Map<Block, Map<Field, Object>> fields,
      UnaryOperator<Parameter> parameters,
      UnaryOperator<NDArray> arrays) {
    this.changed = changed;
    this.removed = removed;
    this.fields = fields;
    this.parameters = parameters;
    this.arrays = arrays;
  }

  Block copy(Block root) {
    for (Block block : changed) {
      copies.put(block, InstanceFields.allocate(block.getClass()));
    }
    for (Block block : changed) {
      fill(block, copyOf(block));
    }
    return copyOf(root);
  }

  private Block copyOf(Block block) {
    return (Block) copies.getOrDefault(block, block);
  }

  private void fill(Block block, Block copy) {
    Map<Field, Object> set = fields.getOrDefault(block, Map.of());
    for (Field field : InstanceFields.of(block.getClass())) {
      @Nullable Object value = set.get(field);
      if (value == null) {
        value = InstanceFields.get(field, block);
        if (!field.getType().isPrimitive()) {
          value = map(value);
          if (value != null && !field.getType().isInstance(value)) {
            throw cannot(field.getType(), "field " + field.getName() + " of " + name(block));
          }
        }
      }
      InstanceFields.set(field, copy, value);
    }
  }

  private static String name(Block block) {
    return block.getClass().getName();
  }

  private static EspalierException cannot(Class<?> type, String where) {
    return new EspalierException(
        "a smaller block cannot be made: "
            + where
            + " holds blocks in a "
            + type.getName()
            + ", which cannot be copied; hold them in an ArrayList, a LinkedHashMap or an array");
  }

  private @Nullable Object map(@Nullable Object value) {
    if (value instanceof Block block) {
      return removed.contains(block) ? null : copyOf(block);
    } else if (value instanceof Parameter parameter) {
      return parameters.apply(parameter);
    } else if (value instanceof NDArray array) {
      return copies.computeIfAbsent(array, key -> arrays.apply(array));
    } else if (value == null || value.getClass().getName().startsWith("java.lang.")) {
      return value;
    }
    Object known = copies.get(value);
    if (known == null) {
      known = rebuilt(value);
      copies.put(value, known);
    }
    return known;
  }

  private Object rebuilt(Object value) {
    if (value instanceof PairList<?, ?> pairs) {
      return pairs(pairs);
    } else if (value instanceof Pair<?, ?> pair) {
      Object key = map(pair.getKey());
      Object mapped = map(pair.getValue());
      return key == pair.getKey() && mapped == pair.getValue() ? pair : new Pair<>(key, mapped);
    } else if (value instanceof Collection<?> collection) {
      return collection(collection);
    } else if (value instanceof Map<?, ?> map) {
      return map(map);
    } else if (value instanceof Optional<?> optional) {
      Object inside = map(optional.orElse(null));
      return optional.orElse(null) == inside ? optional : Optional.ofNullable(inside);
    } else if (value instanceof Object[] array) {
      return array(array);
    }
    return Contents.isLambda(value) ? lambda(value) : value;
  }

  private boolean isRemoved(@Nullable Object value) {
    return value instanceof Block block && removed.contains(block);
  }

  private Object pairs(PairList<?, ?> pairs) {
    PairList<Object, Object> mapped = new PairList<>();
    boolean same = true;
    for (Pair<?, ?> pair : pairs) {
      if (isRemoved(pair.getValue())) {
        same = false;
        continue;
      }
      Object value = map(pair.getValue());
      same &= value == pair.getValue();
      mapped.add(pair.getKey(), value);
    }
    if (same) {
      return pairs;
    }
    PairList<?, ?> copy = mapped;
    if (pairs instanceof BlockList) {
      BlockList blocks = new BlockList();
      mapped.forEach(pair -> blocks.add((String) pair.getKey(), (Block) pair.getValue()));
      copy = blocks;
    } else if (pairs instanceof ParameterList) {
      ParameterList list = new ParameterList();
      mapped.forEach(pair -> list.add((String) pair.getKey(), (Parameter) pair.getValue()));
      copy = list;
    }
    return copy.getClass() == pairs.getClass() ? copy : unknown(pairs);
  }

  private static Object unknown(Object collection) {
    throw cannot(collection.getClass(), "a block");
  }

  private Object collection(Collection<?> collection) {
    List<@Nullable Object> mapped = new ArrayList<>();
    boolean same = true;
    for (Object element : collection) {
      if (isRemoved(element)) {
        same = false;
        continue;
      }
      Object value = map(element);
      same &= value == element;
      mapped.add(value);
    }
    if (same) {
      return collection;
    }
    Class<?> type = collection.getClass();
    if (type == ArrayList.class) {
      return mapped;
    } else if (type == CopyOnWriteArrayList.class) {
      return new CopyOnWriteArrayList<>(mapped);
    } else if (collection instanceof List) {
      return Collections.unmodifiableList(mapped);
    }
    return collection instanceof Set ? new LinkedHashSet<>(mapped) : unknown(collection);
  }

  private Object map(Map<?, ?> map) {
    Map<Object, @Nullable Object> mapped = new LinkedHashMap<>();
    boolean same = true;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (isRemoved(entry.getValue())) {
        same = false;
        continue;
      }
      Object value = map(entry.getValue());
      same &= value == entry.getValue();
      mapped.put(entry.getKey(), value);
    }
    Class<?> type = map.getClass();
    if (same) {
      return map;
    } else if (type == LinkedHashMap.class) {
      return mapped;
    } else if (type == HashMap.class) {
      return new HashMap<>(mapped);
    } else if (map instanceof TreeMap<?, ?> tree) {
      @SuppressWarnings("unchecked")
      TreeMap<Object, Object> copy =
          new TreeMap<>((java.util.Comparator<Object>) tree.comparator());
      copy.putAll(mapped);
      return copy;
    } else if (type == ConcurrentHashMap.class) {
      return new ConcurrentHashMap<>(mapped);
    }
    return Collections.unmodifiableMap(mapped);
  }

  private Object array(Object[] array) {
    Object[] mapped =
        (Object[]) Array.newInstance(array.getClass().getComponentType(), array.length);
    boolean same = true;
    for (int i = 0; i < array.length; i++) {
      mapped[i] = map(array[i]);
      same &= mapped[i] == array[i];
    }
    return same ? array : mapped;
  }

  /** A lambda that captured something that changes is made anew with what takes its place. */
  private Object lambda(Object lambda) {
    List<Field> captured = InstanceFields.of(lambda.getClass());
    Object[] values = new Object[captured.size()];
    boolean same = true;
    for (int i = 0; i < values.length; i++) {
      Field field = captured.get(i);
      Object value = InstanceFields.get(field, lambda);
      values[i] = field.getType().isPrimitive() ? value : map(value);
      same &= field.getType().isPrimitive() || values[i] == value;
    }
    if (same) {
      return lambda;
    }
    try {
      Constructor<?> constructor = lambda.getClass().getDeclaredConstructors()[0];
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new EspalierException(
          "a smaller block cannot be made: the lambda "
              + lambda.getClass().getName()
              + " captured a block, and cannot be copied; pass it what it needs by a field",
          e);
    }
  }
}

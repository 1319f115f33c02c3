package io.espalier.djl.trace.blocks;

import ai.djl.nn.AbstractBaseBlock;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The blocks inside a block and what they are called: registered children, and those that only
 * stand in a field.
 *
 * <p>A registered child {@code 03Conv2d} is {@code conv2d} where no sibling has that name, else
 * {@code conv2d_3} with the number that DJL gave it; {@code 01SequentialBlock} is {@code
 * sequential}, and a lambda has the name it was given. A child that is not registered has the name
 * of its field. The path of a block is the names from the outermost block down, joined by dots.
 */
public final class BlockTree {
  private static final String SUFFIX = "Block";

  private final IdentityHashMap<Block, Map<Block, String>> children = new IdentityHashMap<>();
  private final IdentityHashMap<Parameter, String> parameters = new IdentityHashMap<>();
  private final IdentityHashMap<Parameter, Block> owners = new IdentityHashMap<>();

  public BlockTree(Block root) {
    add(root);
  }

  /** The blocks directly inside one, by name, in order. */
  Map<Block, String> children(Block block) {
    return children.getOrDefault(block, Map.of());
  }

  /** The block that holds a parameter. */
  public Optional<Block> owner(Parameter parameter) {
    return Optional.ofNullable(owners.get(parameter));
  }

  /** What its block calls a parameter. */
  public String name(Parameter parameter) {
    return parameters.getOrDefault(parameter, parameter.getName());
  }

  /** Every parameter that was found. */
  public Set<Parameter> parameters() {
    return parameters.keySet();
  }

  /** Whether one block is another, or stands anywhere inside it. */
  boolean contains(Block outer, Block inner) {
    return path(outer, inner).isPresent();
  }

  /** The names from one block down to another, joined by dots; the first way that was found. */
  public Optional<String> path(Block outer, Block inner) {
    return path(outer, inner, new IdentityMap<>());
  }

  /** A block may hold the one around it, so that those already met are passed over. */
  private Optional<String> path(Block outer, Block inner, Map<Block, Boolean> met) {
    if (outer == inner) {
      return Optional.of("");
    }
    met.put(outer, true);
    for (Map.Entry<Block, String> child : children(outer).entrySet()) {
      Optional<String> rest =
          met.containsKey(child.getKey()) ? Optional.empty() : path(child.getKey(), inner, met);
      if (rest.isPresent()) {
        return rest.map(below -> child.getValue() + (below.isEmpty() ? "" : "." + below));
      }
    }
    return Optional.empty();
  }

  private void add(Block block) {
    if (children.containsKey(block)) {
      return;
    }
    Map<Block, String> inside = new IdentityMap<>();
    children.put(block, inside);
    for (Pair<String, Parameter> pair : block.getDirectParameters()) {
      parameters.putIfAbsent(pair.getValue(), pair.getKey());
      owners.putIfAbsent(pair.getValue(), block);
    }
    registered(block, inside);
    fields(block, inside);
    inside.keySet().forEach(this::add);
  }

  private static void registered(Block block, Map<Block, String> inside) {
    Map<String, Integer> counts = new HashMap<>();
    for (Pair<String, Block> pair : block.getChildren()) {
      counts.merge(plain(pair), 1, Integer::sum);
    }
    int position = 0;
    for (Pair<String, Block> pair : block.getChildren()) {
      position++;
      String name = plain(pair);
      if (counts.getOrDefault(name, 0) > 1) {
        String number = pair.getKey().replaceFirst("\\D.*", "");
        name += "_" + (number.isEmpty() ? position : Integer.parseInt(number));
      }
      inside.putIfAbsent(pair.getValue(), name);
    }
  }

  private static String plain(Pair<String, Block> pair) {
    String name = pair.getKey().replaceFirst("^\\d+", "");
    if (pair.getValue() instanceof LambdaBlock lambda
        && name.equals(LambdaBlock.class.getSimpleName())
        && lambda.getName().matches("[A-Za-z][A-Za-z0-9]*")
        && !lambda.getName().equals(LambdaBlock.DEFAULT_NAME)) {
      name = lambda.getName();
    }
    return plain(name.isEmpty() ? pair.getValue().getClass().getSimpleName() : name);
  }

  /** {@code SequentialBlock} is {@code sequential}, {@code BatchNorm} is {@code batchNorm}. */
  public static String plain(String name) {
    String stem =
        name.endsWith(SUFFIX) && name.length() > SUFFIX.length()
            ? name.substring(0, name.length() - SUFFIX.length())
            : name;
    stem = stem.replaceAll("[^A-Za-z0-9_]", "_");
    if (stem.isEmpty()) {
      return "block";
    }
    // an abbreviation stays one: LSTM is lstm, ReLU relu
    long capitals = stem.chars().filter(Character::isUpperCase).count();
    return capitals > 2 && stem.length() < 2 * capitals + 1
        ? stem.toLowerCase(Locale.ROOT)
        : stem.substring(0, 1).toLowerCase(Locale.ROOT) + stem.substring(1);
  }

  private static void fields(Block block, Map<Block, String> inside) {
    List<Class<?>> classes = new ArrayList<>();
    for (Class<?> type = block.getClass();
        type != null && type != AbstractBlock.class && type != AbstractBaseBlock.class;
        type = type.getSuperclass()) {
      classes.add(0, type);
    }
    for (Class<?> type : classes) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())
            && !field.isSynthetic()
            && !field.getType().isPrimitive()) {
          value(field, block).ifPresent(value -> addField(field.getName(), value, inside));
        }
      }
    }
  }

  private static void addField(String name, Object value, Map<Block, String> inside) {
    if (value instanceof Block child) {
      if (!inside.containsKey(child)) {
        inside.put(child, unique(plain(name), inside));
      }
      return;
    }
    Collection<?> values = List.of();
    if (value instanceof Collection<?> collection) {
      values = collection;
    } else if (value instanceof Map<?, ?> map) {
      values = map.values();
    } else if (value instanceof Object[] array) {
      values = java.util.Arrays.asList(array);
    }
    int position = 0;
    for (Object element : values) {
      if (element instanceof Block child && !inside.containsKey(child)) {
        inside.put(child, unique(plain(name) + "_" + position, inside));
      }
      position++;
    }
  }

  private static String unique(String name, Map<Block, String> inside) {
    String free = name;
    for (int i = 2; inside.containsValue(free); i++) {
      free = name + "_" + i;
    }
    return free;
  }

  /** What a field holds; nothing where its class does not let others look. */
  private static Optional<Object> value(Field field, Block block) {
    try {
      field.setAccessible(true);
      return Optional.ofNullable(field.get(block));
    } catch (InaccessibleObjectException | IllegalAccessException e) {
      return Optional.empty();
    }
  }
}

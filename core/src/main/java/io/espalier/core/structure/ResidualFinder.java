package io.espalier.core.structure;

import io.espalier.core.structure.Regions.Region;
import io.espalier.spi.OpId;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/**
 * Finds residual sums by what they compute: x + f(x), where f has parameters, nothing outside reads
 * what it computes on its way, and the sum has the layout of x.
 */
final class ResidualFinder {
  /** Sums of which x is what is left without f(x); a mean of both would leave a part of x. */
  private static final Set<OpId> SUMS = operators("Add", "Sum", "Max", "Where");

  private static final OpId WHERE = OpId.of("Where");

  /** What a shortcut may pass on its way to the sum: nothing that changes x. */
  private static final Set<OpId> PASSING = operators("Dropout", "Identity");

  /**
   * Operators that scale and shift. Between two sums they are no norm where nothing else is: what
   * adds to D * x does not leave x.
   */
  private static final Set<OpId> SCALING =
      operators("Add", "BatchNormalization", "Div", "Dropout", "Identity", "Mul", "Neg", "Sub");

  /** Operators that look at the shape of what they read, not at its values. */
  private static final Set<OpId> SHAPES = operators("Shape", "Size");

  /**
   * What may stand between a sum and the next one: activations and norms, also in elementary
   * operators. None of them changes the type of what it reads.
   */
  private static final Set<OpId> BETWEEN =
      operators(
          "Abs",
          "Add",
          "BatchNormalization",
          "Celu",
          "Clip",
          "Div",
          "Dropout",
          "Elu",
          "Erf",
          "Exp",
          "Gelu",
          "GroupNormalization",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "InstanceNormalization",
          "LayerNormalization",
          "LeakyRelu",
          "Max",
          "Min",
          "Mish",
          "Mul",
          "Neg",
          "Pow",
          "PRelu",
          "Reciprocal",
          "ReduceMean",
          "Relu",
          "RMSNormalization",
          "Selu",
          "Sigmoid",
          "SimplifiedLayerNormalization",
          "Softplus",
          "Sqrt",
          "Sub",
          "Tanh");

  private static final int MOST_NESTED = 4;
  private static final int MOST_TRIES = 8;
  private static final int MOST_READERS = 16;
  private static final int MOST_BETWEEN = 32;

  private final SymMap map;
  private final Graph graph;
  private final PostDominators after;
  private final Regions regions;
  private final Map<Integer, List<Residual>> byInput = new HashMap<>();
  private final List<Residual> found = new ArrayList<>();

  /**
   * A residual sum.
   *
   * @param input the tensor x
   * @param sum the node that adds to it
   * @param output what that node computes
   */
  record Residual(int input, int sum, int output) {}

  private static Set<OpId> operators(String... names) {
    return Arrays.stream(names).map(OpId::of).collect(Collectors.toUnmodifiableSet());
  }

  ResidualFinder(SymMap map) {
    this.map = map;
    this.graph = map.graph();
    this.after = new PostDominators(graph);
    this.regions = new Regions(graph);
    find();
  }

  /** From the last to the first, so that each comes behind those that it stands inside of. */
  private void find() {
    byte[] nested = new byte[graph.nodes().size()];
    for (int index = graph.nodes().size() - 1; index >= 0; index--) {
      GraphNode node = graph.nodes().get(index);
      if (nested[index] < MOST_NESTED && isSum(node)) {
        Set<Integer> shortcut = new LinkedHashSet<>();
        int input = input(node, shortcut);
        int output = node.outputs().get(0);
        if (input >= 0 && Layouts.same(map.tensor(input), map.tensor(output))) {
          Optional<Region> region = regions.between(input, output, Integer.MAX_VALUE);
          region.ifPresent(inside -> inside.nodes().forEach(inner -> nested[inner]++));
          if (region.isPresent() && transforms(region.get(), input, shortcut)) {
            Residual residual = new Residual(input, index, output);
            byInput.computeIfAbsent(input, key -> new ArrayList<>(1)).add(residual);
            found.add(residual);
          }
        }
      }
    }
    Collections.reverse(found);
  }

  /** All residual sums, in graph order. */
  List<Residual> residuals() {
    return found;
  }

  /** The residual sums that start at a tensor, the outermost first. */
  List<Residual> startingAt(int tensor) {
    return byInput.getOrDefault(tensor, List.of());
  }

  Regions regions() {
    return regions;
  }

  /** Whether a node adds up data, each once, and nothing else that would stay without f(x). */
  private boolean isSum(GraphNode node) {
    return SUMS.contains(node.op())
        && node.outputs().get(0) >= 0
        && operands(node).size() > 1
        && operands(node).size() == addends(node).size();
  }

  /** The tensors whose values a node passes on, those made of parameters alone left out. */
  private List<Integer> operands(GraphNode node) {
    return addends(node).stream()
        .filter(tensor -> !graph.tensor(tensor).parameter())
        .distinct()
        .toList();
  }

  /** All of which a node passes values on, one that is added twice two times. */
  private static List<Integer> addends(GraphNode node) {
    return node.inputs().stream()
        .skip(node.op().equals(WHERE) ? 1 : 0)
        .filter(tensor -> tensor >= 0)
        .toList();
  }

  /**
   * The tensor that a sum adds to: it comes to the sum through other sums and scales at most, and
   * is also read by a node that only works for this sum.
   *
   * @param shortcut takes the nodes from there to the sum
   */
  private int input(GraphNode sum, Set<Integer> shortcut) {
    shortcut.add(sum.index());
    Deque<Integer> work = new ArrayDeque<>(operands(sum));
    for (int i = 0; i < MOST_TRIES && !work.isEmpty(); i++) {
      int tensor = work.poll();
      if (isReadFor(sum.index(), tensor, shortcut)) {
        return tensor;
      }
      int producer = graph.tensor(tensor).producer();
      if (producer >= 0 && after.leadsThrough(producer, sum.index())) {
        GraphNode node = graph.nodes().get(producer);
        List<Integer> operands = operands(node);
        if (isSum(node) || (PASSING.contains(node.op()) && operands.size() == 1)) {
          shortcut.add(producer);
          work.addAll(operands);
        }
      }
    }
    return -1;
  }

  private boolean isReadFor(int sum, int tensor, Set<Integer> shortcut) {
    List<Integer> readers = graph.consumers(tensor);
    int tries = 0;
    for (int i = readers.size() - 1; i >= 0 && tries < MOST_READERS; i--) {
      int reader = readers.get(i);
      if (reader < sum) {
        tries++;
        if (!shortcut.contains(reader)
            && !SHAPES.contains(graph.nodes().get(reader).op())
            && after.leadsThrough(reader, sum)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether the values of x reach the sum on another way than the shortcut, past parameters. */
  private boolean transforms(Region region, int input, Set<Integer> shortcut) {
    Set<Integer> reached = new HashSet<>(Set.of(input));
    boolean weighs = false;
    for (int index : region.nodes()) {
      GraphNode node = graph.nodes().get(index);
      if (!shortcut.contains(index)
          && !SHAPES.contains(node.op())
          && node.inputs().stream().anyMatch(reached::contains)) {
        reached.addAll(node.outputs());
        weighs |= hasWeight(node);
      }
    }
    reached.remove(input);
    return weighs
        && shortcut.stream()
            .flatMap(index -> graph.nodes().get(index).inputs().stream())
            .anyMatch(tensor -> tensor >= 0 && reached.contains(tensor));
  }

  private boolean hasWeight(GraphNode node) {
    for (int i = 0; i < node.inputs().size(); i++) {
      int tensor = node.inputs().get(i);
      if (tensor >= 0 && graph.tensor(tensor).parameter()) {
        Constant constant = graph.constant(tensor);
        boolean integer = constant == null ? map.ints(tensor).isPresent() : constant.integer();
        List<Layout> axes = map.input(node.index(), i);
        if (!integer && axes != null && axes.stream().anyMatch(axis -> axis.extent() > 1)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * The next tensor that everything in a stream goes through, with nothing but an activation or a
   * part of a norm on the way; -1 if something else comes next.
   *
   * @param inside the readers that count
   */
  int next(int tensor, IntPredicate inside) {
    int meeting = -1;
    for (int reader : graph.consumers(tensor)) {
      if (inside.test(reader)) {
        meeting = meeting < 0 ? reader : after.common(meeting, reader);
      }
    }
    if (meeting < 0 || meeting == after.end() || !inside.test(meeting)) {
      return -1;
    }
    int result = graph.nodes().get(meeting).outputs().get(0);
    return result >= 0 && !between(tensor, result).isEmpty() ? result : -1;
  }

  /** The operators from one tensor to the next, in order; none if there are others among them. */
  List<OpId> between(int from, int to) {
    Optional<Region> region = regions.between(from, to, MOST_BETWEEN);
    if (region.isEmpty()
        || region.get().reads().stream()
            .anyMatch(tensor -> tensor != from && !graph.tensor(tensor).parameter())) {
      return List.of();
    }
    List<OpId> operators =
        region.get().nodes().stream()
            .map(graph.nodes()::get)
            .filter(node -> !isFolded(node))
            .map(GraphNode::op)
            .toList();
    return BETWEEN.containsAll(operators) ? operators : List.of();
  }

  /** Whether there is nothing from one tensor to the next but what scales and shifts. */
  boolean scales(int from, int to) {
    return from != to && isScaling(between(from, to));
  }

  /** Whether operators scale and shift, and do nothing else; not so where there are none. */
  static boolean isScaling(List<OpId> operators) {
    return !operators.isEmpty() && SCALING.containsAll(operators);
  }

  /** Whether a node works on parameters alone. */
  private boolean isFolded(GraphNode node) {
    return node.outputs().stream().allMatch(id -> id < 0 || graph.tensor(id).parameter());
  }
}

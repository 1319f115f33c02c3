package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Sums of products, written as an equation: {@code bij,bjk->bik}. Axes with one letter are one
 * axis; a letter that the output does not name is summed away. An ellipsis stands for axes that
 * broadcast.
 */
@AutoService(OperatorRule.class)
public final class EinsumRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Einsum");
  }

  @Override
  public boolean multiplies(OpId operator) {
    return true;
  }

  @Override
  public void type(Node node, Typing t) {
    Optional<Equation> equation = Equation.of(node);
    String text =
        "its equation \"" + node.attributes().text("equation", "").replace(" ", "") + "\" ";
    if (equation.isEmpty()) {
      t.unsupported(text + "does not fit its inputs");
      return;
    }
    if (!equation.get().isComplete()) {
      t.unsupported(text + "names an output that no input has");
      return;
    }
    Letters letters = new Letters(node, t, equation.get());
    letters.declareSums();
    letters.nameStacks();
    t.output(0, letters.output());
  }

  /** The axis of every letter, and the inputs in which it stands. */
  private static final class Letters {
    private record Place(int input, int axis) {}

    private final Node node;
    private final Typing t;
    private final Equation equation;
    private final Map<Character, Axis> axes = new LinkedHashMap<>();
    private final Map<Character, List<Place>> places = new LinkedHashMap<>();

    Letters(Node node, Typing t, Equation equation) {
      this.node = node;
      this.t = t;
      this.equation = equation;
      for (int input = 0; input < equation.inputs().size(); input++) {
        read(input, equation.inputs().get(input));
      }
    }

    private void read(int input, String term) {
      for (int axis = 0; axis < term.length(); axis++) {
        Axis known = axes.get(term.charAt(axis));
        Axis own = node.input(input).axis(axis);
        axes.put(
            term.charAt(axis),
            known == null ? own : t.broadcast(List.of(List.of(known), List.of(own))).get(0));
        places
            .computeIfAbsent(term.charAt(axis), key -> new ArrayList<>())
            .add(new Place(input, axis));
      }
    }

    List<Axis> output() {
      return equation
          .output()
          .chars()
          .mapToObj(letter -> Objects.requireNonNull(axes.get((char) letter)))
          .toList();
    }

    /** A letter that data, parameters and the output share counts the matrices of a stack. */
    void nameStacks() {
      for (Map.Entry<Character, List<Place>> entry : places.entrySet()) {
        boolean kept = equation.output().indexOf(entry.getKey()) >= 0;
        boolean stack =
            entry.getValue().stream().anyMatch(place -> node.input(place.input()).parameter())
                && entry.getValue().stream()
                    .anyMatch(place -> !node.input(place.input()).parameter());
        if (kept && stack) {
          t.role(Objects.requireNonNull(axes.get(entry.getKey())), MatMulRule.STACK);
        }
      }
    }

    /**
     * A sum over activations alone, or in a node that reads parameters alone, has to be restricted
     * to what is kept; where a parameter among its factors meets data it need not.
     */
    void declareSums() {
      boolean constant = node.inputs().stream().allMatch(Value::parameter);
      places.forEach(
          (letter, where) -> {
            boolean summed = equation.output().indexOf(letter) < 0;
            boolean masked =
                !constant
                    && where.stream().anyMatch(place -> node.input(place.input()).parameter());
            if (summed && !masked) {
              where.forEach(
                  place ->
                      t.normalised(node.input(place.input()).axis(place.axis()), place.input()));
            }
          });
      if (node.inputs().size() > 1) {
        t.macs(axes.values().toArray(Axis[]::new));
      }
    }
  }
}

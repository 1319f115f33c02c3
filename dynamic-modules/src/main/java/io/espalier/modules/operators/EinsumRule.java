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
import java.util.Set;
import java.util.TreeMap;

/**
 * Sums of products, written as an equation: {@code bij,bjk->bik}. Axes with one letter are one
 * axis; a letter that the output does not name is summed away. An ellipsis stands for axes that
 * broadcast.
 */
@AutoService(OperatorRule.class)
public final class EinsumRule implements OperatorRule {
  /** Stands for the ellipsis in a list of letters. */
  private static final char ELLIPSIS = '.';

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
    String equation =
        node.attributes().text("equation", "").replace(" ", "").replace("...", "" + ELLIPSIS);
    int arrow = equation.indexOf("->");
    String[] terms = (arrow < 0 ? equation : equation.substring(0, arrow)).split(",", -1);
    String output = arrow < 0 ? implicitOutput(terms) : equation.substring(arrow + 2);
    Letters letters = new Letters(node, t);
    for (int i = 0; i < terms.length; i++) {
      if (terms.length != node.inputs().size() || !letters.read(i, terms[i])) {
        t.unsupported("its equation \"" + equation + "\" does not fit its inputs");
        return;
      }
    }
    List<Axis> y = letters.shape(output);
    if (y.contains(Letters.MISSING)) {
      t.unsupported("its equation \"" + equation + "\" names an output that no input has");
      return;
    }
    letters.declareSums(output);
    t.output(0, y);
  }

  /** The letters that occur once, in alphabetical order, behind the axes of the ellipsis. */
  private static String implicitOutput(String[] terms) {
    Map<Character, Integer> counts = new TreeMap<>();
    for (char letter : String.join("", terms).toCharArray()) {
      counts.merge(letter, letter == ELLIPSIS ? 0 : 1, Integer::sum);
    }
    StringBuilder output = new StringBuilder();
    counts.forEach((letter, count) -> output.append(count <= 1 ? letter.toString() : ""));
    return output.toString();
  }

  /** The axis of every letter, and the inputs in which it stands. */
  private static final class Letters {
    /** Stands for an axis that no input has. */
    static final Axis MISSING = () -> 0;

    private record Place(int input, int axis) {}

    private final Node node;
    private final Typing t;
    private final Map<Character, Axis> axes = new LinkedHashMap<>();
    private final Map<Character, List<Place>> places = new LinkedHashMap<>();
    private List<Axis> ellipsis = List.of();

    Letters(Node node, Typing t) {
      this.node = node;
      this.t = t;
    }

    boolean read(int input, String term) {
      List<Axis> shape = node.input(input).axes();
      int at = term.indexOf(ELLIPSIS);
      int hidden = at < 0 ? 0 : shape.size() - (term.length() - 1);
      if (hidden < 0
          || at != term.lastIndexOf(ELLIPSIS)
          || (at < 0 && term.length() != shape.size())) {
        return false;
      }
      int axis = 0;
      for (int i = 0; i < term.length(); i++) {
        char letter = term.charAt(i);
        if (letter == ELLIPSIS) {
          ellipsis = t.broadcast(List.of(ellipsis, shape.subList(axis, axis + hidden)));
          axis += hidden;
          continue;
        }
        Axis known = axes.get(letter);
        Axis own = shape.get(axis);
        axes.put(
            letter,
            known == null ? own : t.broadcast(List.of(List.of(known), List.of(own))).get(0));
        places.computeIfAbsent(letter, key -> new ArrayList<>()).add(new Place(input, axis++));
      }
      return true;
    }

    List<Axis> shape(String output) {
      List<Axis> shape = new ArrayList<>();
      for (int i = 0; i < output.length(); i++) {
        char letter = output.charAt(i);
        if (letter == ELLIPSIS) {
          shape.addAll(ellipsis);
        } else {
          shape.add(axes.getOrDefault(letter, MISSING));
        }
      }
      return shape;
    }

    /**
     * A sum over activations alone, or in a node that reads parameters alone, has to be restricted
     * to what is kept; where a parameter among its factors meets data it need not.
     */
    void declareSums(String output) {
      boolean constant = node.inputs().stream().allMatch(Value::parameter);
      places.forEach(
          (letter, where) -> {
            boolean summed = output.indexOf(letter) < 0;
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
        List<Axis> factors = new ArrayList<>(ellipsis);
        factors.addAll(axes.values());
        t.macs(factors.toArray(Axis[]::new));
      }
    }
  }
}

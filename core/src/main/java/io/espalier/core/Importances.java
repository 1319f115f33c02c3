package io.espalier.core;

import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.Node;
import io.espalier.spi.Use;
import io.espalier.trace.Constant;
import io.espalier.trace.Layout;
import io.espalier.trace.Layout.Symbol;
import io.espalier.trace.SymMap;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How much each unit of each symbol matters: for every consumer of a width the scores of the
 * criterion, divided by the largest over that consumer's whole axis, cut into segments and summed
 * over consumers.
 */
final class Importances {
  private final SymMap map;

  Importances(SymMap map) {
    this.map = map;
  }

  /** One value for each unit, by symbol index; null for a symbol that no consumer reads. */
  double[] @Nullable [] score(List<Space.Consumer> consumers, ImportanceCriterion criterion) {
    double[] @Nullable [] importance = new double[map.symbols().size()][];
    List<List<Share>> shares =
        consumers.parallelStream().map(consumer -> shares(consumer, criterion)).toList();
    shares.forEach(list -> list.forEach(share -> share.addTo(importance)));
    return importance;
  }

  /** What one consumer says of the units of one symbol. */
  private static final class Share {
    private final Symbol symbol;
    private final double[] scores;

    Share(Symbol symbol, double[] scores) {
      this.symbol = symbol;
      this.scores = scores;
    }

    void addTo(double[] @Nullable [] importance) {
      double[] sum = importance[symbol.index()];
      if (sum == null) {
        importance[symbol.index()] = scores.clone();
        return;
      }
      for (int i = 0; i < sum.length; i++) {
        sum[i] += scores[i];
      }
    }
  }

  private List<Share> shares(Space.Consumer consumer, ImportanceCriterion criterion) {
    List<Layout> layouts = map.input(consumer.node(), consumer.input());
    int tensor = map.graph().nodes().get(consumer.node()).inputs().get(consumer.input());
    Constant constant = map.graph().rowMajorConstant(tensor);
    if (layouts == null || constant == null || !layouts.get(consumer.axis()).isFree()) {
      return List.of();
    }
    Layout axis = layouts.get(consumer.axis());
    Node node = map.nodes().get(consumer.node());
    double[] scores;
    try {
      scores =
          criterion.score(
              new ConstantUse(node, consumer.input(), layouts, constant), consumer.axis());
    } catch (ArithmeticException e) {
      throw new EspalierException(
          "criterion "
              + criterion.key()
              + " cannot score \""
              + map.graph().tensor(tensor).name()
              + "\": "
              + e.getMessage()
              + "; its weights must be finite numbers",
          e);
    }
    if (scores.length == 0) {
      return List.of();
    }
    if (scores.length != axis.extent()) {
      throw new IllegalStateException(
          "criterion "
              + criterion.key()
              + " gave "
              + scores.length
              + " scores for an axis of "
              + axis.extent());
    }
    for (double score : scores) {
      if (!(score >= 0) || Double.isInfinite(score)) {
        throw new EspalierException(
            "the importance of \""
                + map.graph().tensor(tensor).name()
                + "\" is "
                + score
                + "; its weights must be finite numbers");
      }
    }
    return distribute(axis, scores);
  }

  /**
   * Cuts the scores of an axis into those of its symbols' units; a unit of several elements has
   * their joint norm.
   */
  private static List<Share> distribute(Layout axis, double[] scores) {
    List<Share> pooled = new ArrayList<>();
    List<Share> apart = new ArrayList<>();
    double[] largest = {0};
    int[] offset = {0};
    Layout.forEachSegment(
        axis,
        segment -> {
          int from = offset[0];
          offset[0] += Math.toIntExact(segment.extent());
          Set<Symbol> symbols = new LinkedHashSet<>();
          Layout.forEachSymbol(segment, symbols::add);
          if (symbols.isEmpty()) {
            for (int i = from; i < offset[0]; i++) {
              largest[0] = Math.max(largest[0], scores[i]);
            }
          }
          for (Symbol symbol : symbols) {
            double[] units = units(segment, symbol, scores, from);
            (symbols.size() == 1 ? pooled : apart).add(new Share(symbol, units));
            if (symbols.size() == 1) {
              largest[0] = Math.max(largest[0], max(units));
            }
          }
        });
    pooled.forEach(share -> divide(share.scores, largest[0]));
    apart.forEach(share -> divide(share.scores, max(share.scores)));
    pooled.addAll(apart);
    return pooled;
  }

  private static double[] units(Layout segment, Symbol symbol, double[] scores, int from) {
    double[] units = new double[Math.toIntExact(symbol.extent())];
    if (segment == symbol) {
      System.arraycopy(scores, from, units, 0, units.length);
      return units;
    }
    int[] unitOf = unitOf(segment, symbol);
    for (int i = 0; i < unitOf.length; i++) {
      units[unitOf[i]] += scores[from + i] * scores[from + i];
    }
    for (int i = 0; i < units.length; i++) {
      units[i] = Math.sqrt(units[i]);
    }
    return units;
  }

  /** For each element of a segment, the unit of the symbol that it belongs to. */
  private static int[] unitOf(Layout segment, Symbol symbol) {
    int[] unitOf = new int[Math.toIntExact(segment.extent())];
    for (int unit = 0; unit < symbol.extent(); unit++) {
      int only = unit;
      for (int index : segment.kept(other -> other == symbol ? new int[] {only} : all(other))) {
        unitOf[index] = unit;
      }
    }
    return unitOf;
  }

  private static int[] all(Symbol symbol) {
    int[] all = new int[Math.toIntExact(symbol.extent())];
    java.util.Arrays.setAll(all, i -> i);
    return all;
  }

  private static double max(double[] values) {
    double max = 0;
    for (double value : values) {
      max = Math.max(max, value);
    }
    return max;
  }

  private static void divide(double[] values, double by) {
    for (int i = 0; by > 0 && i < values.length; i++) {
      values[i] /= by;
    }
  }

  private record ConstantUse(Node node, int input, List<Layout> layouts, Constant constant)
      implements Use {
    @Override
    public int[] shape() {
      return layouts.stream().mapToInt(layout -> Math.toIntExact(layout.extent())).toArray();
    }

    @Override
    public FloatBuffer values() {
      return constant.floats();
    }
  }
}

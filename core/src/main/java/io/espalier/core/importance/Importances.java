package io.espalier.core.importance;

import io.espalier.core.space.Space;
import io.espalier.spi.EspalierException;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.Node;
import io.espalier.spi.PluginException;
import io.espalier.spi.Use;
import io.espalier.trace.Constant;
import io.espalier.trace.Layout;
import io.espalier.trace.Layout.Symbol;
import io.espalier.trace.SymMap;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How much each unit of each symbol matters: for every consumer of a width the scores of the
 * criterion, divided by the largest over that consumer's whole axis, cut into segments and summed
 * over consumers.
 */
final class Importances {
  private final SymMap map;
  private final boolean strict;
  private @Nullable NormScales norms;

  /**
   * @param strict whether a criterion that throws is an error
   */
  Importances(SymMap map, boolean strict) {
    this.map = map;
    this.strict = strict;
  }

  /** The importance of every unit, where it is known. */
  static final class Scores {
    private final double[] @Nullable [] units;
    private final Map<Symbol, PluginException> failures;

    Scores(double[] @Nullable [] units, Map<Symbol, PluginException> failures) {
      this.units = units;
      this.failures = failures;
    }

    /**
     * One value for each unit; null for a symbol that no consumer reads, or of which one could not
     * be scored.
     */
    double @Nullable [] units(Symbol symbol) {
      return units[symbol.index()];
    }

    /** Why a symbol could not be scored; null if the criterion did not fail. */
    @Nullable PluginException failure(Symbol symbol) {
      return failures.get(symbol);
    }
  }

  Scores score(List<Space.Consumer> consumers, ImportanceCriterion criterion) {
    double[] @Nullable [] importance = new double[map.symbols().size()][];
    Map<Symbol, PluginException> failures = new LinkedHashMap<>();
    for (Answer answer : answers(consumers, criterion)) {
      answer.shares().forEach(share -> share.addTo(importance));
      PluginException failure = answer.failure();
      if (failure != null) {
        answer.unknown().forEach(symbol -> failures.putIfAbsent(symbol, failure));
      }
    }
    failures.keySet().forEach(symbol -> importance[symbol.index()] = null);
    return new Scores(importance, failures);
  }

  /** One answer after the other is worked out by whoever is free, as weights differ in size. */
  private List<Answer> answers(List<Space.Consumer> consumers, ImportanceCriterion criterion) {
    Answer[] answers = new Answer[consumers.size()];
    AtomicInteger next = new AtomicInteger();
    IntStream.range(0, Runtime.getRuntime().availableProcessors())
        .parallel()
        .forEach(
            worker -> {
              for (int i = next.getAndIncrement(); i < answers.length; i = next.getAndIncrement()) {
                answers[i] = ask(consumers.get(i), criterion);
              }
            });
    return List.of(answers);
  }

  /** What the criterion says of one consumer, or why it says nothing. */
  private record Answer(
      List<Share> shares, Set<Symbol> unknown, @Nullable PluginException failure) {}

  private Answer ask(Space.Consumer consumer, ImportanceCriterion criterion) {
    try {
      return new Answer(shares(consumer, criterion), Set.of(), null);
    } catch (PluginException e) {
      List<Layout> layouts = map.input(consumer.node(), consumer.input());
      if (strict || layouts == null) {
        throw e;
      }
      Set<Symbol> unknown = new LinkedHashSet<>();
      Layout.forEachSymbol(layouts.get(consumer.axis()), unknown::add);
      return new Answer(List.of(), unknown, e);
    }
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
    String parameter = map.graph().tensor(tensor).name();
    Use use = new ConstantUse(node, consumer.input(), layouts, constant, this::norms);
    try {
      double[] scores =
          PluginException.ask(
              criterion,
              () ->
                  map.graph()
                      .layer(consumer.node())
                      .map(layer -> "layer " + layer.name())
                      .orElse("parameter " + parameter),
              () -> checked(criterion.score(use, consumer.axis()), axis));
      return scores.length == 0 ? List.of() : distribute(axis, scores);
    } catch (PluginException e) {
      if (e.getCause() instanceof ArithmeticException) {
        throw new EspalierException(
            "criterion "
                + criterion.key()
                + " cannot score \""
                + parameter
                + "\": "
                + e.getCause().getMessage()
                + "; its weights must be finite numbers",
            e);
      }
      throw e;
    }
  }

  /** Found once, if any criterion asks for them. */
  private synchronized NormScales norms() {
    if (norms == null) {
      norms = new NormScales(map);
    }
    return norms;
  }

  private static double[] checked(double[] scores, Layout axis) {
    if (scores.length != 0 && scores.length != axis.extent()) {
      throw new IllegalStateException(
          "it gave " + scores.length + " scores for an axis of " + axis.extent());
    }
    for (double score : scores) {
      if (!(score >= 0) || Double.isInfinite(score)) {
        throw new IllegalStateException(
            "it gave the score " + score + "; scores are finite and not negative");
      }
    }
    return scores;
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
    int[] unitOf = Layout.unitOf(segment, symbol).orElseGet(() -> new int[0]);
    for (int i = 0; i < unitOf.length; i++) {
      if (unitOf[i] >= 0) {
        units[unitOf[i]] += scores[from + i] * scores[from + i];
      }
    }
    for (int i = 0; i < units.length; i++) {
      units[i] = Math.sqrt(units[i]);
    }
    return units;
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

  private record ConstantUse(
      Node node, int input, List<Layout> layouts, Constant constant, Supplier<NormScales> norms)
      implements Use {
    @Override
    public int[] shape() {
      return layouts.stream().mapToInt(layout -> Math.toIntExact(layout.extent())).toArray();
    }

    @Override
    public FloatBuffer values() {
      return constant.floats();
    }

    @Override
    public Optional<double[]> normScales(int axis) {
      return norms.get().of(layouts.get(axis));
    }
  }
}

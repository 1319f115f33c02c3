package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.modules.operators.Equation;
import io.espalier.spi.Axis;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.RuleOption;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Attention, between its projections: queries [..., heads, S, qk] times keys [..., heads, qk, T], a
 * Softmax, and its result times values [..., heads, T, v]; or values [..., heads, v, T] times its
 * result. Which axis is what follows from what the products and the Softmax run over, and from what
 * is made of channels: windows and blocks beside the heads have no name here.
 *
 * <p>Attention over channels has queries [..., heads, d, S] and keys [..., heads, S, d], and sums
 * over the places: its width is {@code head_dim}.
 *
 * <p>Queries that are parameters have positions of their own, {@code num_queries}, which are no
 * width: they stay unless a rule opens them.
 *
 * <p>Where several query heads share a key-value head, {@code num_heads} is their product, and
 * follows {@code kv_heads} and {@code num_key_value_groups}, the query heads for each of these.
 */
@AutoService(DynamicModule.class)
public final class MultiheadAttention implements DynamicModule {
  private static final RuleOption HEADS_RATIO = RuleOption.ratio("num_heads_ratio");
  private static final RuleOption HEADS_DIVISOR = RuleOption.divisor("num_heads_divisor");
  private static final RuleOption DIM_RATIO = RuleOption.ratio("head_dim_ratio");
  private static final RuleOption DIM_DIVISOR = RuleOption.divisor("head_dim_divisor");

  private static final RuleOption QUERIES_RATIO = RuleOption.openingRatio("num_queries_ratio");
  private static final RuleOption QUERIES_DIVISOR = RuleOption.divisor("num_queries_divisor");

  private static final String TYPE = "Attention";
  private static final String VALUES_FIRST = TYPE + " behind values";
  private static final Factor NOTHING = new Factor(List.of(), List.of(), List.of());

  private static final String KV_HEADS = "kv_heads";
  private static final String GROUPS = "num_key_value_groups";

  @Override
  public String key() {
    return "nn.MultiheadAttention";
  }

  @Override
  public List<RuleOption> options() {
    return List.of(
        HEADS_RATIO, HEADS_DIVISOR, DIM_RATIO, DIM_DIVISOR, QUERIES_RATIO, QUERIES_DIVISOR);
  }

  @Override
  public boolean matches(Layer layer) {
    return layer.type().equals(TYPE) || layer.type().equals(VALUES_FIRST);
  }

  @Override
  public void describe(Layer layer, Hparams hparams) {
    Node scores = layer.nodes().get(0);
    Node values = layer.nodes().get(2);
    int operand = layer.type().equals(VALUES_FIRST) ? 0 : 1;
    Factor queries = isEinsum(scores) ? queries(scores) : Factor.ofQueries(scores);
    Factor read = isEinsum(values) ? values(values, operand) : Factor.ofValues(values, operand);
    describeHeads(scores, queries, hparams);
    // Attention over channels sums over places, and hands on as many of them as it reads.
    boolean channels = isFree(queries.own()) && !isFree(queries.summed());
    if (channels) {
      width("head_dim", queries.own(), DIM_RATIO, DIM_DIVISOR, hparams);
    } else {
      width("qk_dim", queries.summed(), DIM_RATIO, DIM_DIVISOR, hparams);
      width("v_dim", read.own(), DIM_RATIO, DIM_DIVISOR, hparams);
      queries
          .own()
          .forEach(axis -> hparams.positions("num_queries", axis, QUERIES_RATIO, QUERIES_DIVISOR));
    }
  }

  /**
   * One factor of a product.
   *
   * @param shared the axes behind the batch that both factors and the result have
   * @param own the axes that it alone has, and the result
   * @param summed the axes that are summed over
   */
  private record Factor(List<Axis> shared, List<Axis> own, List<Axis> summed) {
    /** Queries [..., S, K] of a matrix product. */
    static Factor ofQueries(Node node) {
      Value queries = node.input(0);
      int rank = queries.rank();
      boolean stacked = rank > 2 && node.input(1).rank() > 2;
      return new Factor(
          stacked ? queries.axes().subList(0, rank - 2) : List.of(),
          rank < 2 ? List.of() : List.of(queries.axis(-2)),
          rank < 1 ? List.of() : List.of(queries.axis(-1)));
    }

    /** Values [..., T, v] of a matrix product, or [..., v, T] where they stand first. */
    static Factor ofValues(Node node, int operand) {
      Value values = node.input(operand);
      boolean turned = operand == 0 || node.attributes().number("transB", 0) != 0;
      int own = turned ? -2 : -1;
      return new Factor(
          List.of(), values.rank() < -own ? List.of() : List.of(values.axis(own)), List.of());
    }
  }

  private static boolean isEinsum(Node node) {
    return node.op().equals(OpId.of("Einsum"));
  }

  private static boolean isFree(List<Axis> axes) {
    return axes.stream().anyMatch(Axis::isFree);
  }

  private static void width(
      String name, List<Axis> axes, RuleOption ratio, RuleOption divisor, Hparams hparams) {
    if (axes.size() == 1) {
      hparams.width(name, axes.get(0), ratio, divisor);
    } else if (!axes.isEmpty()) {
      hparams.width(name, axes, ratio, divisor);
    }
  }

  /**
   * Heads are what both factors and the scores have and channels are made into: of the axes in
   * front of the last two, those that are free. Windows, blocks and the batch are not.
   */
  private static void describeHeads(Node scores, Factor queries, Hparams hparams) {
    List<Axis> shared = queries.shared();
    int last = shared.size() - 1;
    Value keys = scores.input(1);
    if (!isEinsum(scores)
        && shared.size() > 2
        && keys.axis(-3).extent() == 1
        && shared.get(last).extent() > 1
        && shared.get(last).isFree()) {
      hparams.width(KV_HEADS, shared.get(last - 1), HEADS_RATIO, HEADS_DIVISOR);
      hparams.width(GROUPS, shared.get(last), HEADS_RATIO, HEADS_DIVISOR);
      return;
    }
    List<Axis> free = shared.stream().filter(Axis::isFree).toList();
    if (free.isEmpty() && shared.size() <= 2 && !shared.isEmpty()) {
      free = List.of(shared.get(last));
    }
    if (free.size() == 1) {
      List<String> parts = List.of(KV_HEADS, GROUPS);
      hparams.width("num_heads", free.get(0), parts, HEADS_RATIO, HEADS_DIVISOR);
    } else {
      width("num_heads", free, HEADS_RATIO, HEADS_DIVISOR, hparams);
    }
  }

  /** The queries of an equation: what is in the scores too is shared, what is not is summed. */
  private static Factor queries(Node scores) {
    return Equation.of(scores).map(equation -> factor(scores, equation, 0)).orElse(NOTHING);
  }

  private static Factor values(Node values, int operand) {
    return Equation.of(values).map(equation -> factor(values, equation, operand)).orElse(NOTHING);
  }

  private static Factor factor(Node node, Equation equation, int input) {
    List<Axis> shared = new ArrayList<>();
    List<Axis> own = new ArrayList<>();
    List<Axis> summed = new ArrayList<>();
    String term = equation.inputs().get(input);
    for (int axis = 0; axis < term.length(); axis++) {
      boolean elsewhere = equation.isElsewhere(term.charAt(axis), input);
      boolean kept = equation.output().indexOf(term.charAt(axis)) >= 0;
      if (elsewhere || kept) {
        (!kept ? summed : elsewhere ? shared : own).add(node.input(input).axis(axis));
      }
    }
    return new Factor(shared, own, summed);
  }
}

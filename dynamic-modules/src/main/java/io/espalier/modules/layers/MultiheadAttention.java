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
 * Softmax, and its result times values [..., heads, T, v].
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

  private static final String KV_HEADS = "kv_heads";
  private static final String GROUPS = "num_key_value_groups";

  @Override
  public String key() {
    return "nn.MultiheadAttention";
  }

  @Override
  public List<RuleOption> options() {
    return List.of(HEADS_RATIO, HEADS_DIVISOR, DIM_RATIO, DIM_DIVISOR);
  }

  @Override
  public boolean matches(Layer layer) {
    return layer.type().equals("Attention");
  }

  @Override
  public void describe(Layer layer, Hparams hparams) {
    Node scores = layer.nodes().get(0);
    Node values = layer.nodes().get(2);
    if (isEinsum(scores)) {
      Equation.of(scores).ifPresent(equation -> describeScores(scores, equation, hparams));
    } else {
      describeScores(scores, hparams);
    }
    if (isEinsum(values)) {
      Equation.of(values).ifPresent(equation -> describeValues(values, equation, hparams));
    } else if (values.input(1).rank() > 0) {
      hparams.width("v_dim", values.input(1).axis(-1), DIM_RATIO, DIM_DIVISOR);
    }
  }

  private static boolean isEinsum(Node node) {
    return node.op().equals(OpId.of("Einsum"));
  }

  private static void describeScores(Node scores, Hparams hparams) {
    Value queries = scores.input(0);
    Value keys = scores.input(1);
    int rank = Math.min(queries.rank(), keys.rank());
    if (rank > 4 && keys.axis(-3).extent() == 1 && queries.axis(-3).extent() > 1) {
      hparams.width(KV_HEADS, queries.axis(-4), HEADS_RATIO, HEADS_DIVISOR);
      hparams.width(GROUPS, queries.axis(-3), HEADS_RATIO, HEADS_DIVISOR);
    } else if (rank > 2) {
      List<String> parts = List.of(KV_HEADS, GROUPS);
      hparams.width("num_heads", queries.axis(-3), parts, HEADS_RATIO, HEADS_DIVISOR);
    }
    if (queries.rank() > 0) { // else an operator without a rule stands before this one
      hparams.width("qk_dim", queries.axis(-1), DIM_RATIO, DIM_DIVISOR);
    }
  }

  /** Heads are what both factors and the scores have, behind the batch; their width is summed. */
  private static void describeScores(Node scores, Equation equation, Hparams hparams) {
    List<Axis> heads = new ArrayList<>();
    List<Axis> summed = new ArrayList<>();
    String queries = equation.inputs().get(0);
    for (int axis = 0; axis < queries.length(); axis++) {
      if (equation.isElsewhere(queries.charAt(axis), 0)) {
        boolean kept = equation.output().indexOf(queries.charAt(axis)) >= 0;
        (kept ? heads : summed).add(scores.input(0).axis(axis));
      }
    }
    if (heads.size() > 1) {
      hparams.width("num_heads", heads.subList(1, heads.size()), HEADS_RATIO, HEADS_DIVISOR);
    }
    if (!summed.isEmpty()) {
      hparams.width("qk_dim", summed, DIM_RATIO, DIM_DIVISOR);
    }
  }

  /** The width of a value is what it alone has and the result keeps. */
  private static void describeValues(Node values, Equation equation, Hparams hparams) {
    List<Axis> kept = new ArrayList<>();
    String term = equation.inputs().get(1);
    for (int axis = 0; axis < term.length(); axis++) {
      if (!equation.isElsewhere(term.charAt(axis), 1)
          && equation.output().indexOf(term.charAt(axis)) >= 0) {
        kept.add(values.input(1).axis(axis));
      }
    }
    if (!kept.isEmpty()) {
      hparams.width("v_dim", kept, DIM_RATIO, DIM_DIVISOR);
    }
  }
}

package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.RuleOption;
import io.espalier.spi.Value;
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
    if (values.input(1).rank() > 0) {
      hparams.width("v_dim", values.input(1).axis(-1), DIM_RATIO, DIM_DIVISOR);
    }
  }
}

package io.espalier.core.rules;

import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.RuleOption;
import java.util.List;

/** Layer types for tests: keys and options as in a real registry, and nothing else. */
final class Types {
  static final RuleOption CHANNELS = RuleOption.ratio("channels_ratio");
  static final RuleOption CHANNEL_DIVISOR = RuleOption.divisor("channel_divisor");
  static final RuleOption KERNEL = RuleOption.sizes("kernel_size");
  static final RuleOption FEATURES = RuleOption.ratio("features_ratio");
  static final RuleOption FEATURE_DIVISOR = RuleOption.divisor("feature_divisor");
  static final RuleOption MIN_DEPTH = RuleOption.depth("min_depth");

  static final List<DynamicModule> ALL =
      List.of(
          new Convolution("nn.Conv1d"),
          new Convolution("nn.Conv2d"),
          new Features("nn.Linear"),
          new Features("nn.BatchNorm2d"),
          new Features("nn.SyncBatchNorm"),
          new Features("nn.LayerNorm"),
          new Sequential("nn.Sequential"));

  private Types() {}

  record Convolution(String key) implements Type {
    @Override
    public List<RuleOption> options() {
      return List.of(CHANNELS, CHANNEL_DIVISOR, KERNEL);
    }
  }

  record Features(String key) implements Type {
    @Override
    public List<RuleOption> options() {
      return List.of(FEATURES, FEATURE_DIVISOR);
    }
  }

  record Sequential(String key) implements Type {
    @Override
    public List<RuleOption> options() {
      return List.of(MIN_DEPTH);
    }
  }

  /** A module that the registry of these tests does not have. */
  static final class Stranger implements Type {
    @Override
    public String key() {
      return "acme.Stranger";
    }

    @Override
    public List<RuleOption> options() {
      return List.of();
    }
  }

  private interface Type extends DynamicModule {
    @Override
    default boolean matches(Layer layer) {
      throw new UnsupportedOperationException();
    }

    @Override
    default void describe(Layer layer, Hparams hparams) {
      throw new UnsupportedOperationException();
    }
  }
}

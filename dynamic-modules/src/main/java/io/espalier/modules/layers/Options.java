package io.espalier.modules.layers;

import io.espalier.spi.RuleOption;

/** The options that rules for built-in layers may give, under the reference's names. */
final class Options {
  static final RuleOption CHANNELS_RATIO = RuleOption.ratio("channels_ratio");
  static final RuleOption GROUP_WIDTH_RATIO = RuleOption.openingRatio("group_width_ratio");
  static final RuleOption CHANNEL_DIVISOR = RuleOption.divisor("channel_divisor");
  static final RuleOption FEATURES_RATIO = RuleOption.ratio("features_ratio");
  static final RuleOption FEATURE_DIVISOR = RuleOption.divisor("feature_divisor");
  static final RuleOption KERNEL_SIZE = RuleOption.sizes("kernel_size");
  static final RuleOption MIN_DEPTH = RuleOption.depth("min_depth");

  private Options() {}
}

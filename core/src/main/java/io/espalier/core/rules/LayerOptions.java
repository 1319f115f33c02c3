package io.espalier.core.rules;

import io.espalier.spi.RuleOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the rules say of one layer: a value for each option of its type, those that no rule gives
 * among them.
 */
public final class LayerOptions {
  private final String key;
  private final String layer;
  private final Map<String, Setting> settings;

  LayerOptions(String key, String layer, Map<String, Setting> settings) {
    this.key = key;
    this.layer = layer;
    this.settings = Map.copyOf(settings);
  }

  /**
   * The fractions of the original width that are allowed; empty stands for every width.
   *
   * @throws IllegalArgumentException if the type of the layer has no such option, which is a bug of
   *     its module
   */
  public Optional<List<Double>> ratios(RuleOption option) {
    return setting(option, Setting.Ratios.class).fractions();
  }

  /**
   * Whether the rules open what an option of widths that are closed otherwise stands for.
   *
   * @throws IllegalArgumentException if the type of the layer has no such option, which is a bug of
   *     its module
   */
  public boolean opens(RuleOption option) {
    return !setting(option, Setting.Ratios.class).equals(Setting.Ratios.CLOSED);
  }

  /**
   * What widths are rounded to; at least 1.
   *
   * @throws IllegalArgumentException if the type of the layer has no such option, which is a bug of
   *     its module
   */
  public int divisor(RuleOption option) {
    return setting(option, Setting.Whole.class).number();
  }

  /**
   * The sizes of windows that are allowed.
   *
   * @param axes the number of axes that the layer's windows have
   * @throws RulesException if the rules list a size with another number of axes
   * @throws IllegalArgumentException if the type of the layer has no such option, which is a bug of
   *     its module
   */
  public KernelSizes sizes(RuleOption option, int axes) {
    KernelSizes sizes = setting(option, Setting.Sizes.class).sizes();
    OptionalInt mismatch = sizes.mismatch(axes);
    if (mismatch.isPresent()) {
      throw new RulesException(
          "the rules for "
              + key
              + " give "
              + option.name()
              + " sizes with "
              + mismatch.getAsInt()
              + " numbers, but layer "
              + Names.quote(layer)
              + " has "
              + axes
              + "; give that many, or a single number for all");
    }
    return sizes;
  }

  /**
   * The fewest children that are kept; at least 0.
   *
   * @throws IllegalArgumentException if the type of the layer has no such option, which is a bug of
   *     its module
   */
  public int least(RuleOption option) {
    return setting(option, Setting.Whole.class).number();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LayerOptions options
        && key.equals(options.key)
        && layer.equals(options.layer)
        && settings.equals(options.settings);
  }

  @Override
  public int hashCode() {
    return layer.hashCode() * 31 + settings.hashCode();
  }

  @Override
  public String toString() {
    return key + " " + layer + " " + settings;
  }

  private <T extends Setting> T setting(RuleOption option, Class<T> type) {
    Setting setting = settings.get(option.name());
    if (!type.isInstance(setting)) {
      throw new IllegalArgumentException(
          "the module of "
              + key
              + " declares no option "
              + option
              + Names.listing("options", settings.keySet()));
    }
    return type.cast(setting);
  }
}

package io.espalier.core.rules;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.core.rules.KernelSizes.Size;
import io.espalier.spi.RuleOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The value of an option, checked. */
sealed interface Setting {
  /** Fractions of the original width; empty stands for every width. */
  record Ratios(Optional<List<Double>> fractions) implements Setting {
    /** No width but the original. */
    static final Ratios CLOSED = new Ratios(Optional.of(List.of()));
  }

  /** A whole number. */
  record Whole(int number) implements Setting {}

  /** Sizes of windows. */
  record Sizes(KernelSizes sizes) implements Setting {}

  /** What an option is within a rule that does not give it. */
  static Setting unsaid(RuleOption.Kind kind) {
    return kind == RuleOption.Kind.SIZES ? new Sizes(KernelSizes.ORIGINAL) : open(kind);
  }

  /** What leaves every choice open that is not to be opened by name. */
  static Setting open(RuleOption.Kind kind) {
    return switch (kind) {
      case RATIO -> new Ratios(Optional.empty());
      case OPENING_RATIO -> Ratios.CLOSED;
      case DIVISOR -> new Whole(1);
      case SIZES -> new Sizes(KernelSizes.ALL);
      case DEPTH -> new Whole(0);
    };
  }

  /** What values an option of this kind takes, to follow "must be". */
  static String expected(RuleOption.Kind kind) {
    return switch (kind) {
      case RATIO, OPENING_RATIO ->
          "null or a list of numbers above 0 and at most 1, such as [0.5, 1]";
      case DIVISOR -> "a whole number, at least 1";
      case SIZES ->
          "null or a list of sizes, each a whole number or a list with one for each axis, such as"
              + " [1, [3, 5]]";
      case DEPTH -> "a whole number, at least 0";
    };
  }

  /** Reads a value; empty where it is not what {@link #expected} says. */
  static Optional<Setting> read(RuleOption.Kind kind, JsonNode value) {
    return switch (kind) {
      case RATIO, OPENING_RATIO -> ratios(value);
      case DIVISOR -> whole(value, 1).map(Whole::new);
      case SIZES -> sizes(value);
      case DEPTH -> whole(value, 0).map(Whole::new);
    };
  }

  private static Optional<Setting> ratios(JsonNode value) {
    if (value.isNull()) {
      return Optional.of(new Ratios(Optional.empty()));
    }
    List<Double> fractions = new ArrayList<>();
    for (JsonNode element : value) {
      double fraction = element.isNumber() ? element.doubleValue() : Double.NaN;
      // Written so that NaN fails.
      if (!(fraction > 0 && fraction <= 1)) {
        return Optional.empty();
      }
      fractions.add(fraction);
    }
    return value.isArray()
        ? Optional.of(new Ratios(Optional.of(List.copyOf(fractions))))
        : Optional.empty();
  }

  private static Optional<Setting> sizes(JsonNode value) {
    if (value.isNull()) {
      return Optional.of(new Sizes(KernelSizes.ALL));
    }
    List<Size> sizes = new ArrayList<>();
    for (JsonNode element : value) {
      Optional<Size> size = size(element);
      if (size.isEmpty()) {
        return Optional.empty();
      }
      sizes.add(size.get());
    }
    return value.isArray() ? Optional.of(new Sizes(KernelSizes.of(sizes))) : Optional.empty();
  }

  private static Optional<Size> size(JsonNode value) {
    if (!value.isArray()) {
      return whole(value, 1).map(number -> new Size(List.of(number), true));
    }
    List<Integer> extents = new ArrayList<>();
    for (JsonNode element : value) {
      whole(element, 1).ifPresent(extents::add);
    }
    return extents.isEmpty() || extents.size() < value.size()
        ? Optional.empty()
        : Optional.of(new Size(extents, false));
  }

  private static Optional<Integer> whole(JsonNode value, int least) {
    return value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= least
        ? Optional.of(value.intValue())
        : Optional.empty();
  }
}

package io.espalier.core;

import io.espalier.core.space.Dial;
import io.espalier.core.space.FrozenAxes;
import io.espalier.core.space.HparamSpec;
import io.espalier.core.values.Choice;
import io.espalier.core.values.FrozenAxis;
import io.espalier.spi.EspalierException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A named choice of a search space, seen through the space it belongs to: setting it here sets it
 * there, under every name it has.
 */
public final class Hparam {
  private final SearchSpace space;
  private final HparamSpec spec;

  Hparam(SearchSpace space, HparamSpec spec) {
    this.space = space;
    this.spec = spec;
  }

  /** Hparams of a space by name, in graph order. */
  static Map<String, Hparam> named(SearchSpace space, Predicate<Hparam> wanted) {
    Map<String, Hparam> named = new LinkedHashMap<>();
    for (HparamSpec spec : space.state().space().hparams()) {
      Hparam hparam = new Hparam(space, spec);
      if (wanted.test(hparam)) {
        named.put(spec.name(), hparam);
      }
    }
    return named;
  }

  /** The same of those that can be configured, each choice only under its first name. */
  static Map<String, Hparam> configurable(SearchSpace space) {
    Set<Integer> groups = new HashSet<>();
    return named(space, hparam -> hparam.isConfigurable() && groups.add(hparam.group()));
  }

  /** The full name, {@code layer1.0.conv1.out_channels}. */
  public String name() {
    return spec.name();
  }

  /** The number shared by every name of the same choice. */
  public int group() {
    return spec.group();
  }

  /** Whether several other hparams set it together; it can be read but not set. */
  public boolean isDerived() {
    return spec.derived();
  }

  /** Whether this is the first of the names of its choice, in graph order. */
  public boolean isPrimary() {
    return spec.dial() == null || spec.primary();
  }

  /**
   * What the axis is made of, such as {@code [a(32) | b(48)]}, with the symbols called by the names
   * of their hparams.
   */
  public String layout() {
    return space.state().print(spec);
  }

  /**
   * What of the axis may not change while the rest does, with reasons; empty where all of it is a
   * choice.
   */
  public List<FrozenAxis> frozenParts() {
    return isDerived() || hasDial() ? FrozenAxes.parts(spec) : List.of();
  }

  /**
   * The values it may take, ascending; the original is always among them. Those of a derived one
   * are not listed.
   */
  public List<Choice> choices() {
    return space.state().choices(spec);
  }

  /**
   * Narrows the choices, here and under every other name.
   *
   * @param choices a subset of the present choices, the original among them
   * @throws EspalierException if it is not, or the active value is not among them
   */
  public void setChoices(List<Choice> choices) {
    space.state().narrow(spec, choices);
  }

  /** The value it has. */
  public Choice active() {
    return space.state().active(spec);
  }

  /**
   * Sets it, here and under every other name.
   *
   * @throws EspalierException if the value is none of its choices, or it is derived
   */
  public void setActive(Choice choice) {
    space.state().setActive(spec, choice);
  }

  /**
   * From now on it is what is said, here and under every other name, and can be nothing else: no
   * search turns it, and configs that do not name it have it so. Opens what is closed otherwise, as
   * rows of a table are.
   *
   * @param value a number of elements, at most the original
   * @throws EspalierException if it cannot be that, or it is derived
   */
  public void hold(int value) {
    space.state().hold(spec, value);
  }

  /** The value of the original network. */
  public Choice original() {
    return space.state().original(spec);
  }

  /** The smallest choice. */
  public Choice min() {
    return choices().get(0);
  }

  /** The largest choice. */
  public Choice max() {
    List<Choice> choices = choices();
    return choices.get(choices.size() - 1);
  }

  /** Whether there is more than one choice. */
  public boolean isConfigurable() {
    return space.state().isConfigurable(spec);
  }

  /** What turns it. */
  Dial dial() {
    return Objects.requireNonNull(spec.dial(), spec.name());
  }

  /** Whether it is a choice at all, narrowed to one or not. */
  boolean hasDial() {
    return spec.dial() != null;
  }

  /** Whether its units can be put in an order of importance. */
  public boolean isSortable() {
    return space.importance(spec).isPresent();
  }

  /**
   * How much each unit matters, by unit; empty where no consumer tells. Always read from the
   * original weights.
   */
  public Optional<double[]> importance() {
    return space.importance(spec);
  }

  /** The units from the first to be kept to the last; ascending indices until it is sorted. */
  public int[] order() {
    return space.state().order(spec);
  }

  /**
   * Sets the order in which units are kept. Which units stay follows it; the kept indices of an
   * axis always ascend.
   *
   * @param order every unit once, the first to be kept first
   * @throws EspalierException if this is no permutation of the units, or the hparam has no units
   */
  public void setOrder(int[] order) {
    space.state().setOrder(spec, order);
  }

  /** The indices along its axis that are kept at present, ascending. */
  public int[] activeIndices() {
    return spec.layouts().size() == 1 ? spec.layouts().get(0).kept(space.cut()::units) : new int[0];
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Hparam hparam
        && hparam.space.equals(space)
        && hparam.spec.name().equals(spec.name());
  }

  @Override
  public int hashCode() {
    return spec.name().hashCode();
  }

  @Override
  public String toString() {
    return name() + " = " + active() + (isDerived() ? " (derived)" : " of " + choices());
  }
}

package io.espalier.core;

import io.espalier.core.values.Choice;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Functions that pick one of the choices of an hparam. */
public final class Samplers {
  private Samplers() {}

  /** The smallest choice. */
  public static Function<List<Choice>, Choice> min() {
    return choices -> choices.get(0);
  }

  /** The largest choice. */
  public static Function<List<Choice>, Choice> max() {
    return choices -> choices.get(choices.size() - 1);
  }

  /** Any choice, each as likely as the others. */
  public static Function<List<Choice>, Choice> random(RandomGenerator random) {
    return choices -> choices.get(random.nextInt(choices.size()));
  }
}

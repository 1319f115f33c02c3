package io.espalier.cli.report;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.latency.ConfirmedLatency;
import io.espalier.core.search.Limit;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.core.values.TracedModel;
import io.espalier.core.values.UncountedNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What there is to say of a network that was pruned. Immutable.
 *
 * @param model which network it was
 * @param asked what was asked for
 * @param costs what it cost before and after
 * @param choices what was chosen, in graph order
 * @param frozen what could not be chosen, and why
 * @param uncounted the nodes whose MACs are not known
 * @param remark what else there is to say of the result
 * @param latency what a run takes; empty where that was not limited
 * @param data what data said; empty where there were none
 */
public record PruneReport(
    String model,
    Asked asked,
    List<CostLine> costs,
    List<Chosen> choices,
    List<FrozenCause> frozen,
    List<UncountedNode> uncounted,
    Optional<String> remark,
    Optional<ConfirmedLatency> latency,
    Optional<DataReport> data) {
  public PruneReport {
    costs = List.copyOf(costs);
    choices = List.copyOf(choices);
    frozen = List.copyOf(frozen);
    uncounted = List.copyOf(uncounted);
  }

  /**
   * A choice that was made.
   *
   * @param name of its hparam, the first one
   * @param width whether it is a width, else a kernel or a depth
   * @param others what else it is called
   */
  public record Chosen(
      String name, boolean width, Choice before, Choice after, List<String> others) {}

  /**
   * A report without data.
   *
   * @param limits what the network was allowed to cost; none where nothing was said of it
   * @param config a choice for everything that can be configured
   * @param carved the network that it describes
   */
  public static PruneReport of(
      SearchSpace space,
      List<Limit> limits,
      Config config,
      TracedModel carved,
      CandidateCosts costs,
      Asked asked) {
    return new PruneReport(
        space.model().description(),
        asked,
        costs.lines(limits, config, carved),
        chosen(space, config),
        FrozenCause.of(space.frozen()),
        space.uncounted(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same with what data said. */
  public PruneReport with(DataReport said) {
    return new PruneReport(
        model, asked, costs, choices, frozen, uncounted, remark, latency, Optional.of(said));
  }

  /** The same with what a run takes. */
  public PruneReport with(ConfirmedLatency time) {
    return new PruneReport(
        model, asked, costs, choices, frozen, uncounted, remark, Optional.of(time), data);
  }

  /** The same with a remark. */
  public PruneReport with(String words) {
    return new PruneReport(
        model, asked, costs, choices, frozen, uncounted, Optional.of(words), latency, data);
  }

  private static List<Chosen> chosen(SearchSpace space, Config config) {
    Map<Integer, List<String>> names = new LinkedHashMap<>();
    space
        .namedHparams()
        .forEach(
            (name, hparam) ->
                names.computeIfAbsent(hparam.group(), group -> new ArrayList<>()).add(name));
    List<Chosen> chosen = new ArrayList<>();
    for (Hparam hparam : space.configurableHparams().values()) {
      String name = hparam.name();
      chosen.add(
          new Chosen(
              name,
              hparam.order().length > 0,
              hparam.original(),
              Objects.requireNonNull(config.choices().get(name), name),
              names.getOrDefault(hparam.group(), List.of()).stream()
                  .filter(other -> !other.equals(name))
                  .toList()));
    }
    return chosen;
  }

  /** The cost that a budget limits, where it limits one alone. */
  Optional<CostLine> onlyLimit() {
    List<CostLine> limited = costs.stream().filter(cost -> cost.limit().isPresent()).toList();
    return limited.size() == 1 ? Optional.of(limited.get(0)) : Optional.empty();
  }

  /** One of the costs. */
  CostLine cost(String key) {
    return costs.stream().filter(cost -> cost.key().equals(key)).findFirst().orElseThrow();
  }
}

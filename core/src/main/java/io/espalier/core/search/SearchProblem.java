package io.espalier.core.search;

import io.espalier.core.Dials;
import io.espalier.core.SearchSpace;
import io.espalier.core.values.Config;
import io.espalier.spi.EspalierException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a search chooses from: for every dial the steps that the budget lets it take, ascending, the
 * last being the original. A <em>choice</em> is a step for each dial. Immutable.
 */
public final class SearchProblem {
  private static final int HALVINGS = 12;

  private final Meter meter;
  private final int[][] positions;
  private final int[] least;
  private final List<int[]> starts;
  private final int evaluations;
  private final long seed;

  /**
   * A problem.
   *
   * @param starts configs that are known to be good, in steps that the budget allows
   * @param evaluations how many candidates may be scored
   * @param seed what is drawn from
   * @throws EspalierException if no network of the space meets the budget, or nothing may be tried
   */
  public SearchProblem(
      SearchSpace space, Budget budget, List<Config> starts, int evaluations, long seed) {
    if (evaluations < 1) {
      throw new EspalierException(
          "a search must be allowed at least one evaluation, not " + evaluations);
    }
    Widths widths = new Widths(space, budget);
    this.meter = widths.meter();
    this.evaluations = evaluations;
    this.seed = seed;
    int[] original = meter.dials().original();
    this.positions = Arrays.stream(original).mapToObj(i -> new int[] {i}).toArray(int[][]::new);
    for (int i = 0; i < widths.size(); i++) {
      Width width = widths.get(i);
      positions[width.dial()] = IntStream.range(0, width.size()).map(width::position).toArray();
    }
    widths.others().forEach(i -> positions[i] = IntStream.rangeClosed(0, original[i]).toArray());
    this.least = least(positions.length);
    if (!meets(least)) {
      throw Refusal.of(space, budget, all(least));
    }
    this.starts = starts.stream().map(this::choice).toList();
  }

  private SearchProblem(SearchProblem other, List<int[]> starts) {
    this.meter = other.meter;
    this.positions = other.positions;
    this.least = other.least;
    this.starts = starts;
    this.evaluations = other.evaluations;
    this.seed = other.seed;
  }

  /** The same problem where nothing is known to be good. */
  public SearchProblem withoutStarts() {
    return new SearchProblem(this, List.of());
  }

  /** The smallest choice, or, if that does not meet the budget, the one that costs least. */
  private int[] least(int count) {
    int[] smallest = new int[count];
    return meter.grows() || meets(smallest)
        ? smallest
        : Cheapest.of(
            Arrays.stream(positions).mapToInt(steps -> steps.length).toArray(), this::spent);
  }

  private int[] choice(Config config) {
    int[] setting = meter.dials().setting(config);
    int[] choice = new int[setting.length];
    Arrays.setAll(
        choice,
        i -> {
          int at = Arrays.binarySearch(positions[i], setting[i]);
          return at >= 0 ? at : Math.max(0, -at - 2);
        });
    return choice;
  }

  private int[] all(int[] choice) {
    int[] all = new int[choice.length];
    Arrays.setAll(all, i -> positions[i][choice[i]]);
    return all;
  }

  /** How many dials there are. */
  public int size() {
    return positions.length;
  }

  /** How many steps a dial has. */
  public int steps(int dial) {
    return positions[dial].length;
  }

  /** What a dial turns. */
  public Dials.Kind kind(int dial) {
    return meter.dials().kind(dial);
  }

  /** The choice that leaves the network as it is. */
  public int[] original() {
    return Arrays.stream(positions).mapToInt(steps -> steps.length - 1).toArray();
  }

  /** Good choices to start from. */
  public List<int[]> starts() {
    return starts.stream().map(int[]::clone).toList();
  }

  /** How many candidates may be scored. */
  public int evaluations() {
    return evaluations;
  }

  /** What is drawn from. */
  public long seed() {
    return seed;
  }

  /**
   * How much of the limit that it comes nearest to a choice uses; above 1 it exceeds the budget.
   */
  public double spent(int[] choice) {
    return meter.at(all(choice)).measure() / meter.allowed();
  }

  /** Whether a choice meets the budget. */
  public boolean meets(int[] choice) {
    return meter.at(all(choice)).measure() <= meter.allowed();
  }

  /** The config that a choice means. */
  public Config config(int[] choice) {
    return meter.dials().config(all(choice));
  }

  /**
   * The choice nearest to a wanted one that meets the budget: all steps shrink by one factor, then
   * they grow again, one after the other, as long as the budget allows, to what was wanted.
   */
  public int[] within(int[] wanted) {
    if (meets(wanted)) {
      return wanted.clone();
    }
    int[] within = least.clone();
    double low = 0;
    double high = 1;
    for (int i = 0; i < HALVINGS; i++) {
      double factor = (low + high) / 2;
      int[] shrunk = Arrays.stream(wanted).map(step -> (int) (step * factor)).toArray();
      if (meets(shrunk)) {
        low = factor;
        within = shrunk;
      } else {
        high = factor;
      }
    }
    grow(within, wanted, 0);
    return within;
  }

  /** The same, with widths that grow beyond what was wanted as far as the budget allows. */
  public int[] fitted(int[] wanted) {
    return filled(within(wanted), -1, 0);
  }

  /**
   * What becomes of a choice that meets the budget when widths grow, one after the other, as far as
   * the budget allows.
   *
   * @param except a dial that stays; -1 for none
   * @param first the dial that grows first
   */
  public int[] filled(int[] choice, int except, int first) {
    int[] most = original();
    for (int i = 0; i < most.length; i++) {
      most[i] = kind(i) == Dials.Kind.WIDTH && i != except ? most[i] : choice[i];
    }
    int[] filled = choice.clone();
    grow(filled, most, first);
    return filled;
  }

  private void grow(int[] choice, int[] most, int first) {
    boolean grown = true;
    while (grown) {
      grown = false;
      for (int next = 0; next < choice.length; next++) {
        int i = (first + next) % choice.length;
        if (choice[i] < most[i]) {
          choice[i]++;
          if (meets(choice)) {
            grown = true;
          } else {
            choice[i]--;
          }
        }
      }
    }
  }
}

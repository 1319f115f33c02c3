package io.espalier.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@link DigitPruning} printed of several networks: how many points of accuracy each of its
 * methods lost of each of them.
 */
final class DigitLosses {
  private static final Pattern STRATEGY = Pattern.compile("by (.*):");
  private static final Pattern ROW =
      Pattern.compile("(\\S+), (\\S+), (\\S+) of the MACs: \\S+ loses (\\S+) .*");

  /**
   * How a network was made smaller.
   *
   * @param repair the name of the repair, in lower case
   */
  record Method(String strategy, String criterion, String repair) {
    boolean isRepaired() {
      return !repair.equals("none");
    }
  }

  private final Map<Method, Map<Double, List<Double>>> losses = new LinkedHashMap<>();

  private DigitLosses() {}

  /**
   * Reads what was printed.
   *
   * @throws IllegalArgumentException if a file holds no row
   */
  static DigitLosses read(List<Path> files) throws IOException {
    DigitLosses all = new DigitLosses();
    for (Path file : files) {
      if (!all.add(Files.readAllLines(file))) {
        throw new IllegalArgumentException(file + " holds no row of what DigitPruning prints");
      }
    }
    return all;
  }

  private boolean add(List<String> lines) {
    String strategy = "";
    boolean some = false;
    for (String line : lines) {
      Matcher by = STRATEGY.matcher(line);
      Matcher row = ROW.matcher(line);
      if (by.matches()) {
        strategy = by.group(1);
      } else if (row.matches()) {
        some = true;
        losses
            .computeIfAbsent(
                new Method(strategy, row.group(1), row.group(2)), method -> new TreeMap<>())
            .computeIfAbsent(Double.valueOf(row.group(3)), budget -> new ArrayList<>())
            .add(Double.valueOf(row.group(4)));
      }
    }
    return some;
  }

  /** In the order in which they were first read. */
  List<Method> methods() {
    return List.copyOf(losses.keySet());
  }

  /** The parts of the MACs, the largest first. */
  List<Double> budgets() {
    TreeMap<Double, Boolean> all = new TreeMap<>();
    losses.values().forEach(of -> of.keySet().forEach(budget -> all.put(budget, true)));
    return List.copyOf(all.descendingKeySet());
  }

  /** Points lost, one number for each network; empty where a method was not tried. */
  List<Double> of(Method method, double budget) {
    return List.copyOf(losses.getOrDefault(method, Map.of()).getOrDefault(budget, List.of()));
  }

  /** What tells methods apart: the strategy where there are several of them, else the criterion. */
  String name(Method method) {
    boolean several = methods().stream().map(Method::strategy).distinct().count() > 1;
    return several ? method.strategy() : method.criterion();
  }

  static double mean(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }
}

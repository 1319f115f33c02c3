package io.espalier.core.rotation;

import io.espalier.core.calibration.Place;
import io.espalier.core.calibration.StoredWeight;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import io.espalier.core.moments.Moments;
import io.espalier.core.moments.Probe;
import io.espalier.spi.Ranking;
import io.espalier.trace.Constant;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * New values for weights that stand on both sides of a width, which leave what a network computes
 * as it is and mix the units of the width, so that as few of them as possible carry as much as
 * possible: values of attention by what the data say of what reads them, queries and keys by the
 * products that they have. Each head has a mixture of its own.
 */
public final class Rotation {
  /** Widths of more units take too long. */
  private static final int MOST_UNITS = 512;

  /** Moments of more columns take too much memory. */
  private static final int WIDEST = 2304;

  private final SymMap map;
  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Map<Layout.Symbol, Ranking> rankings = new LinkedHashMap<>();

  private Rotation(SymMap map) {
    this.map = map;
  }

  /**
   * Finds mixtures.
   *
   * @param model the network
   * @param map its symbolic map
   * @param wanted which widths are to be mixed
   * @param samples which of the data tell, ascending
   */
  public static Rotation of(
      DataModel model, SymMap map, Predicate<Layout.Symbol> wanted, Samples data, int[] samples) {
    Rotation rotation = new Rotation(map);
    List<Turn> turns =
        Turns.of(map, model::isStored).stream()
            .filter(turn -> wanted.test(turn.symbol()) && rotation.fits(turn))
            .toList();
    if (!turns.isEmpty()) {
      Map<String, Integer> probes = new LinkedHashMap<>();
      List<Probe> wantedProbes = new ArrayList<>();
      for (Turn turn : turns) {
        for (Place place : observed(turn)) {
          if (probes.putIfAbsent(rotation.source(place), wantedProbes.size()) == null) {
            wantedProbes.add(rotation.probe(place));
          }
        }
      }
      List<List<Moments>> moments =
          model
              .measure(
                  model, new Probe.Request(wantedProbes, List.of()), data, List.of(samples.clone()))
              .moments();
      for (Turn turn : turns) {
        List<Moments> own = new ArrayList<>();
        for (Place place : observed(turn)) {
          int probe = Objects.requireNonNull(probes.get(rotation.source(place)));
          own.add(moments.get(probe).get(0));
        }
        rotation.turn(turn, own);
      }
    }
    return rotation;
  }

  /** The new values, by the name of the parameter; none where no width can be mixed. */
  public Map<String, float[]> values() {
    return values;
  }

  /**
   * What the mixed units are worth of widths that no weight reads, as those of queries and keys, by
   * the position of the width's symbol.
   */
  public Map<Integer, Ranking> rankings() {
    Map<Integer, Ranking> byIndex = new LinkedHashMap<>();
    rankings.forEach((symbol, ranking) -> byIndex.put(symbol.index(), ranking));
    return byIndex;
  }

  private boolean fits(Turn turn) {
    return turn.units() <= MOST_UNITS
        && observed(turn).stream().allMatch(place -> weight(place).rows() <= WIDEST);
  }

  /** The places whose data are looked at. */
  private static List<Place> observed(Turn turn) {
    return turn.reader().isPresent()
        ? List.of(turn.reader().get())
        : turn.writers().stream().map(Turn.Written::place).toList();
  }

  private String source(Place place) {
    int input = map.graph().nodes().get(place.node()).inputs().get(place.form().data());
    return input + "/" + place.form().dataAxis();
  }

  private Probe probe(Place place) {
    int data = place.form().data();
    int output = map.graph().nodes().get(place.node()).outputs().get(0);
    return new Probe(
        map.graph().tensor(output).name(),
        data,
        Objects.requireNonNull(map.input(place.node(), data)).size(),
        place.form().dataAxis(),
        false,
        1,
        null,
        place.mask(),
        1);
  }

  private StoredWeight weight(Place place) {
    return new StoredWeight(
        constant(place.weight().tensor()), place.form(), place.weight().transposed());
  }

  private Constant constant(int tensor) {
    return Objects.requireNonNull(map.graph().tensor(tensor).constant());
  }

  private void turn(Turn turn, List<Moments> moments) {
    int n = turn.units();
    double[] left = new double[n];
    for (int block = 0; block < turn.blocks(); block++) {
      int from = block * n;
      if (turn.reader().isPresent()) {
        Place reader = turn.reader().get();
        Basis basis = Basis.of(varying(moments.get(0), from, n), products(weight(reader), from, n));
        mix(turn.writers().get(0), from, basis.to());
        mixRows(reader, from, basis.back());
      } else {
        double[][] queries = written(turn.writers().get(0), moments.get(0), from, n, false);
        double[][] keys = written(turn.writers().get(1), moments.get(1), from, n, turn.softened());
        Basis basis = Basis.of(queries, keys);
        mix(turn.writers().get(0), from, basis.to());
        mix(turn.writers().get(1), from, transposed(basis.back()));
        Arrays.setAll(left, i -> left[i] + basis.squares()[i]);
      }
    }
    if (turn.reader().isEmpty()) {
      rankings.put(turn.symbol(), ranking(left));
    }
  }

  /** Units in their order; the error is the part of the square of all products that is gone. */
  private static Ranking ranking(double[] squares) {
    int n = squares.length;
    double[] errors = new double[n + 1];
    for (int kept = n - 1; kept >= 0; kept--) {
      errors[kept] = errors[kept + 1] + squares[kept];
    }
    double all = Math.max(errors[0], Double.MIN_NORMAL);
    int[] order = new int[n];
    Arrays.setAll(order, i -> i);
    return new Ranking(order, Arrays.stream(errors).map(error -> error / all).toArray());
  }

  /** Moments about the mean of some columns that are observed: a shift makes up for the mean. */
  private static double[][] varying(Moments moments, int from, int n) {
    int columns = moments.columns();
    double[] gram = moments.gram(0);
    double rows = Math.max(1, moments.rows());
    double[][] varying = new double[n][n];
    for (int i = 0; i < n; i++) {
      double mean = gram[(from + i) * columns + columns - 1] / rows;
      for (int j = 0; j < n; j++) {
        double other = gram[(from + j) * columns + columns - 1] / rows;
        varying[i][j] = gram[(from + i) * columns + from + j] / rows - mean * other;
      }
    }
    return varying;
  }

  /** Products of some rows of a weight with one another. */
  private static double[][] products(StoredWeight weight, int from, int n) {
    float[] numbers = weight.numbers();
    double[][] products = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (int column = 0; column < weight.columns(); column++) {
          products[i][j] +=
              (double) numbers[weight.index(from + i, 0, column)]
                  * numbers[weight.index(from + j, 0, column)];
        }
      }
    }
    return products;
  }

  /**
   * Second moments of some columns that a weight writes, its shift included.
   *
   * @param varying whether they are taken about the mean
   */
  private double[][] written(
      Turn.Written writer, Moments moments, int from, int n, boolean varying) {
    StoredWeight weight = weight(writer.place());
    float[] numbers = weight.numbers();
    int columns = moments.columns();
    double[] gram = moments.gram(0);
    double rows = Math.max(1, moments.rows());
    double[][] matrix = new double[columns][n];
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < columns - 1; i++) {
        matrix[i][j] = numbers[weight.index(i, 0, from + j)];
      }
      matrix[columns - 1][j] = writer.shift() < 0 ? 0 : shift(writer.shift())[from + j];
    }
    double[][] half = new double[columns][n];
    for (int i = 0; i < columns; i++) {
      for (int k = 0; k < columns; k++) {
        double mean = gram[i * columns + columns - 1] * gram[k * columns + columns - 1] / rows;
        double product = (gram[i * columns + k] - (varying ? mean : 0)) / rows;
        for (int j = 0; j < n; j++) {
          half[i][j] += product * matrix[k][j];
        }
      }
    }
    double[][] written = new double[n][n];
    for (int k = 0; k < columns; k++) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          written[i][j] += matrix[k][i] * half[k][j];
        }
      }
    }
    return written;
  }

  private float[] shift(int tensor) {
    float[] numbers = new float[Math.toIntExact(constant(tensor).size())];
    constant(tensor).floats().duplicate().get(numbers);
    return numbers;
  }

  /** Mixes columns of a weight, and of its shift. */
  private void mix(Turn.Written writer, int from, double[][] by) {
    StoredWeight weight = weight(writer.place());
    float[] numbers = numbers(writer.place());
    for (int row = 0; row < weight.rows(); row++) {
      int at = row;
      mix(numbers, unit -> weight.index(at, 0, from + unit), by);
    }
    if (writer.shift() >= 0) {
      String name = map.graph().tensor(writer.shift()).name();
      mix(values.computeIfAbsent(name, key -> shift(writer.shift())), unit -> from + unit, by);
    }
  }

  /** Mixes rows of a weight. */
  private void mixRows(Place reader, int from, double[][] by) {
    StoredWeight weight = weight(reader);
    float[] numbers = numbers(reader);
    double[][] turned = transposed(by);
    for (int column = 0; column < weight.columns(); column++) {
      int at = column;
      mix(numbers, unit -> weight.index(from + unit, 0, at), turned);
    }
  }

  private float[] numbers(Place place) {
    String name = map.graph().tensor(place.weight().tensor()).name();
    return values.computeIfAbsent(name, key -> weight(place).numbers());
  }

  private interface Positions {
    int of(int unit);
  }

  /** Some numbers times a matrix, in their stead. */
  private static void mix(float[] numbers, Positions positions, double[][] by) {
    int n = by.length;
    double[] mixed = new double[n];
    for (int i = 0; i < n; i++) {
      double number = numbers[positions.of(i)];
      for (int j = 0; j < n; j++) {
        mixed[j] += number * by[i][j];
      }
    }
    for (int j = 0; j < n; j++) {
      numbers[positions.of(j)] = (float) mixed[j];
    }
  }

  private static double[][] transposed(double[][] matrix) {
    int n = matrix.length;
    double[][] transposed = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        transposed[i][j] = matrix[j][i];
      }
    }
    return transposed;
  }
}

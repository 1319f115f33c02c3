package io.espalier.djl.trace.graph;

import ai.djl.ndarray.types.Shape;
import io.espalier.djl.DjlBlock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The lengths that open dimensions have in the runs of a block. A number that differs from run to
 * run follows from them.
 */
public final class OpenSizes {
  private static final long[][] SAMPLES = {{2, 7, 11, 19}, {3, 13, 5, 23}, {5, 8, 17, 9}};

  /** The first dimension in the last run, so that a limit in the block does not go unnoticed. */
  private static final long MANY = 1031;

  /** Of images: multiples of what networks divide them by. */
  private static final long[] SPATIAL = {64, 96, 160};

  /** An open dimension, and the lengths it has in the runs. */
  private record Open(String name, int input, int axis, List<Long> sizes) {}

  private final List<Open> open = new ArrayList<>();
  private final List<List<Shape>> shapes = new ArrayList<>();

  /**
   * The lengths for a block.
   *
   * @param many whether a first dimension is long in the last run
   */
  public OpenSizes(DjlBlock source, boolean many) {
    Map<String, Open> named = new LinkedHashMap<>();
    for (int input = 0; input < source.inputs().size(); input++) {
      DjlBlock.Input fed = source.inputs().get(input);
      for (int axis = 0; axis < fed.shape().dimension(); axis++) {
        if (fed.isOpen(axis) && !named.containsKey(fed.dims().get(axis))) {
          List<Long> sizes = new ArrayList<>();
          for (int run = 0; run < SAMPLES.length; run++) {
            boolean spatial = axis >= 2 && fed.shape().dimension() >= 4;
            boolean last = many && axis == 0 && run == SAMPLES.length - 1;
            long sample = last ? MANY : SAMPLES[run][named.size() % SAMPLES[run].length];
            sizes.add(spatial ? SPATIAL[run] + 32L * named.size() : sample);
          }
          String name = fed.dims().get(axis);
          named.put(name, new Open(name, input, axis, sizes));
        }
      }
    }
    open.addAll(named.values());
    for (int run = 0; run < (open.isEmpty() ? 1 : SAMPLES.length); run++) {
      List<Shape> fed = new ArrayList<>();
      for (DjlBlock.Input input : source.inputs()) {
        long[] dims = input.shape().getShape().clone();
        for (int axis = 0; axis < dims.length; axis++) {
          Open dim = named.get(input.dims().get(axis));
          dims[axis] = dim == null ? dims[axis] : dim.sizes().get(run);
        }
        fed.add(new Shape(dims));
      }
      shapes.add(fed);
    }
  }

  /** For each run the shapes of the inputs. */
  public List<List<Shape>> shapes() {
    return shapes;
  }

  /** The name of the open dimension that has these lengths; empty if there is none. */
  String name(List<Long> lengths) {
    return open.stream()
        .filter(dim -> dim.sizes().equals(lengths))
        .map(Open::name)
        .findFirst()
        .orElse("");
  }

  /**
   * How a number follows from open dimensions: their product, times {@code factor}, divided by
   * {@code divisor}, plus {@code more}.
   *
   * @param dims for each dimension of the product the input and the axis
   */
  record Formula(List<Dimension> dims, double factor, long divisor, double more) {}

  /** An axis of an input. */
  record Dimension(int input, int axis) {}

  /** How a number follows from open dimensions, from its values in all runs. */
  Optional<Formula> formula(List<Double> values) {
    for (int subset = 1; subset < 1 << open.size(); subset++) {
      List<Double> products = new ArrayList<>();
      List<Dimension> dims = new ArrayList<>();
      for (int run = 0; run < values.size(); run++) {
        double product = 1;
        for (int i = 0; i < open.size(); i++) {
          product *= (subset >> i & 1) == 1 ? open.get(i).sizes().get(run) : 1;
        }
        products.add(product);
      }
      for (int i = 0; i < open.size(); i++) {
        if ((subset >> i & 1) == 1) {
          dims.add(new Dimension(open.get(i).input(), open.get(i).axis()));
        }
      }
      Optional<Formula> fit = fit(values, products, dims);
      if (fit.isPresent()) {
        return fit;
      }
    }
    return Optional.empty();
  }

  private static Optional<Formula> fit(
      List<Double> values, List<Double> products, List<Dimension> dims) {
    double rise = values.get(1) - values.get(0);
    double run = products.get(1) - products.get(0);
    if (rise == 0 || run == 0) {
      return Optional.empty();
    }
    double factor = rise / run;
    double inverse = run / rise;
    long divisor = Math.rint(inverse) == inverse && Math.abs(inverse) > 1 ? (long) inverse : 1;
    double whole = divisor == 1 ? factor : 1;
    double more = values.get(0) - products.get(0) * whole / divisor;
    for (int i = 0; i < values.size(); i++) {
      double expected = products.get(i) * whole / divisor + more;
      if (Math.abs(expected - values.get(i)) > 1e-9 * Math.max(1, Math.abs(expected))) {
        return Optional.empty();
      }
    }
    return Optional.of(new Formula(dims, whole, divisor, more));
  }
}

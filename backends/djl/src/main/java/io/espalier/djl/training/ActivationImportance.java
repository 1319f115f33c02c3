package io.espalier.djl.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.dataset.Batch;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.trace.ObservedRun;
import io.espalier.spi.Axis;
import io.espalier.spi.EspalierException;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.Node;
import io.espalier.spi.Use;
import io.espalier.spi.Value;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Activation norms: how much of a unit arrives where it is read. For the weights that read a width
 * from an array x, unit i scores <code>sqrt(sum(x_i^2) / n)</code>, over all positions of the unit
 * in n samples: the norm of the input features by which Sun et al., A Simple and Effective Pruning
 * Approach for Large Language Models, 2023, rank weights, here per sample. It takes neither labels
 * nor gradients. A unit that is zero on all data scores 0.
 *
 * <p>Choose it with {@link io.espalier.core.SearchSpace#setCriterion(ImportanceCriterion)}, in the
 * space of the network that was measured.
 */
public final class ActivationImportance implements ImportanceCriterion {
  private final String block;
  private final Map<String, List<@Nullable Squares>> read = new HashMap<>();
  private long samples;

  private ActivationImportance(String block) {
    this.block = block;
  }

  /**
   * Runs batches forward, as at inference, through the whole network. Nothing is changed.
   *
   * @param network the network
   * @param batches data; those that are used are closed
   * @param most how many batches to use at most; at least 1
   * @throws EspalierException if there is no batch, or an activation is no finite number
   * @throws io.espalier.trace.TraceException if the network does not run on the data
   */
  public static ActivationImportance of(DjlNetwork network, Iterable<Batch> batches, int most) {
    ActivationImportance importance = new ActivationImportance(network.description());
    BitSet readers = readers(network.graph());
    int count = 0;
    for (Batch batch : batches) {
      try (batch) {
        ObservedRun.of(
            network.traced(),
            batch.getData(),
            (node, input, array) -> {
              if (readers.get(node.index()) && array.getDataType().isFloating()) {
                importance.add(node, input, array);
              }
            });
        importance.samples += batch.getSize();
      }
      count++;
      if (count >= most) {
        break;
      }
    }
    if (count == 0) {
      throw new EspalierException(
          "importance by activations cannot be measured without data; give at least one batch");
    }
    importance.checkFinite();
    return importance;
  }

  /** The nodes that read both data and what is made of parameters only. */
  private static BitSet readers(Graph graph) {
    BitSet data = new BitSet();
    graph.inputs().forEach(data::set);
    BitSet readers = new BitSet();
    for (GraphNode node : graph.nodes()) {
      boolean some = node.inputs().stream().anyMatch(input -> input >= 0 && data.get(input));
      boolean all = node.inputs().stream().allMatch(input -> input >= 0 && data.get(input));
      if (some) {
        node.outputs().forEach(data::set);
      }
      readers.set(node.index(), some && !all);
    }
    return readers;
  }

  private void add(GraphNode node, int input, NDArray array) {
    List<@Nullable Squares> inputs = read.computeIfAbsent(node.name(), name -> new ArrayList<>());
    while (inputs.size() <= input) {
      inputs.add(null);
    }
    Squares squares = inputs.get(input);
    if (squares == null) {
      squares = new Squares(array.getShape().dimension());
      inputs.set(input, squares);
    }
    squares.add(array);
  }

  private void checkFinite() {
    read.forEach(
        (node, inputs) -> {
          for (Squares squares : inputs) {
            if (squares != null && !squares.isFinite()) {
              throw new EspalierException(
                  "importance by activations cannot be measured: what node \""
                      + node
                      + "\" of "
                      + block
                      + " reads is no finite number; check the data and the parameters");
            }
          }
        });
  }

  @Override
  public String key() {
    return "activation";
  }

  /**
   * {@inheritDoc}
   *
   * @throws EspalierException if nothing that was measured carries these units, or more than one
   *     thing does
   */
  @Override
  public double[] score(Use use, int axis) {
    Node node = use.node();
    List<@Nullable Squares> inputs = read.get(node.name());
    if (inputs == null) {
      throw new EspalierException(
          "nothing that \""
              + node.name()
              + "\" reads was measured in "
              + block
              + "; measure the block that is searched");
    }
    Axis units = node.inputs().get(use.input()).axes().get(axis);
    List<double[]> found = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Squares squares = inputs.get(i);
      Value value = node.inputs().get(i);
      for (int at = 0; squares != null && at < value.rank(); at++) {
        if (value.axis(at).equals(units)) {
          found.add(squares.along(at));
        }
      }
    }
    if (found.size() != 1) {
      throw new EspalierException(
          "of what \""
              + node.name()
              + "\" reads, "
              + found.size()
              + " axes carry the units of axis "
              + axis
              + " of its weight; activations tell only where there is one");
    }
    double[] squares = found.get(0);
    if (squares.length != units.extent()) {
      throw new EspalierException(
          "\""
              + node.name()
              + "\" of "
              + block
              + " reads "
              + squares.length
              + " units, and not "
              + units.extent()
              + "; measure the block that is searched");
    }
    return Arrays.stream(squares).map(square -> Math.sqrt(square / samples)).toArray();
  }

  /** Sums of squares, for each index along each axis whose length is the same in all batches. */
  private static final class Squares {
    private final double[] @Nullable [] sums;
    private boolean started;

    Squares(int rank) {
      this.sums = new double[rank][];
    }

    void add(NDArray array) {
      try (NDArray wide = array.toType(DataType.FLOAT64, true);
          NDArray squares = wide.square()) {
        for (int axis = 0; axis < sums.length; axis++) {
          int kept = axis;
          int[] others = IntStream.range(0, sums.length).filter(i -> i != kept).toArray();
          try (NDArray sum = others.length == 0 ? squares.duplicate() : squares.sum(others)) {
            sums[axis] = added(sums[axis], sum.toDoubleArray());
          }
        }
      }
      started = true;
    }

    private double @Nullable [] added(double @Nullable [] total, double... values) {
      if (!started) {
        return values;
      }
      if (total == null || total.length != values.length) {
        return null;
      }
      for (int i = 0; i < values.length; i++) {
        values[i] += total[i];
      }
      return values;
    }

    boolean isFinite() {
      for (double[] sum : sums) {
        for (int i = 0; sum != null && i < sum.length; i++) {
          if (!Double.isFinite(sum[i])) {
            return false;
          }
        }
      }
      return true;
    }

    /** Empty where the length differs. */
    double[] along(int axis) {
      double[] sum = sums[axis];
      return sum == null ? new double[0] : sum.clone();
    }
  }
}

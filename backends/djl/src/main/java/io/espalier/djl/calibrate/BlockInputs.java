package io.espalier.djl.calibrate;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataException;
import io.espalier.core.data.Draw;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.spi.OpId;
import io.espalier.trace.Constant;
import io.espalier.trace.Dim;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a block reads, as a network that is run on data says it. */
public final class BlockInputs {
  private static final OpId GATHER = OpId.of("Gather");
  private static final OpId CAST = OpId.of("Cast");

  /** Trial sizes of open dimensions, other than the batch. */
  private static final long SPACE = 64;

  private static final long SEQUENCE = 16;
  private static final int IDS = 1000;

  private static final int MOST_SAMPLES = 64;

  /** A run that is observed keeps everything it computes; so many numbers at most. */
  private static final double KEPT = 5e7;

  private BlockInputs() {}

  /**
   * The inputs of a block, in order.
   *
   * <p>Where a size is open, the trial size is 64 for the height and width of images and 16 for
   * anything else. Plausible are normal numbers, ids below the rows of the table that they index,
   * and ones for booleans and masks.
   */
  public static List<InputSpec> of(TracedBlock traced) {
    List<InputSpec> specs = new ArrayList<>();
    for (int i = 0; i < traced.source().inputs().size(); i++) {
      DjlBlock.Input input = traced.source().inputs().get(i);
      List<Long> shape = new ArrayList<>();
      List<Long> trial = new ArrayList<>();
      int rank = input.shape().dimension();
      for (int axis = 0; axis < rank; axis++) {
        shape.add(input.shape().get(axis));
        trial.add(input.isOpen(axis) ? trial(axis, rank) : input.shape().get(axis));
      }
      ElementType type = DataArrays.type(input.type(), input.name());
      Draw draw = plausible(traced.graph(), i, input.name(), type);
      specs.add(new InputSpec(input.name(), type, shape, trial, draw));
    }
    return specs;
  }

  private static long trial(int axis, int rank) {
    return axis == 0 ? 1 : rank >= 4 && axis >= 2 ? SPACE : SEQUENCE;
  }

  private static Draw plausible(Graph graph, int input, String name, ElementType type) {
    if (type.isFloating()) {
      return name.toLowerCase(Locale.ROOT).contains("mask") ? Draw.always(1) : Draw.normal();
    }
    long rows = rows(graph, graph.inputs().get(input));
    if (rows < Long.MAX_VALUE) {
      return new Draw.Ids(rows);
    }
    boolean mask = name.toLowerCase(Locale.ROOT).contains("mask");
    return mask || type == ElementType.BOOL ? Draw.always(1) : Draw.below(IDS);
  }

  /** Rows of the smallest table that a tensor indexes; the largest number if it indexes none. */
  private static long rows(Graph graph, int tensor) {
    long rows = Long.MAX_VALUE;
    for (int reader : graph.consumers(tensor)) {
      GraphNode node = graph.nodes().get(reader);
      if (node.op().equals(CAST)) {
        rows = Math.min(rows, rows(graph, node.outputs().get(0)));
      } else if (node.op().equals(GATHER) && node.inputs().get(1) == tensor) {
        Constant table = graph.tensor(node.inputs().get(0)).constant();
        rows = table == null ? rows : Math.min(rows, table.dims()[0]);
      }
    }
    return rows;
  }

  /** How many samples to run at a time. */
  public static int batch(TracedBlock traced) {
    double numbers = 1;
    for (Tensor tensor : traced.graph().tensors()) {
      List<Dim> dims = tensor.declared();
      if (dims != null && tensor.constant() == null) {
        double size = 1;
        for (int axis = 1; axis < dims.size(); axis++) {
          size *= dims.get(axis).isOpen() ? trial(axis, dims.size()) : dims.get(axis).size();
        }
        numbers += size;
      }
    }
    int usual = (int) Math.max(1, Math.min(MOST_SAMPLES, KEPT / numbers));
    return InputSpec.batchSize(of(traced), usual);
  }

  /** Whether a batch is as large as the block insists on. */
  public static boolean isWhole(TracedBlock traced, Batch batch) {
    return batch.size() == InputSpec.batchSize(of(traced), batch.size());
  }

  /**
   * The arrays of a batch, in the order in which the block reads them.
   *
   * @param manager what they belong to
   * @throws DataException if an array is missing, or is none that the block reads
   */
  public static NDList arrays(TracedBlock traced, Batch batch, NDManager manager) {
    NDList list = new NDList();
    Map<String, DataArray> arrays = batch.arrays();
    for (InputSpec input : of(traced)) {
      DataArray array = arrays.get(input.name());
      if (array == null) {
        throw new DataException(
            "the data hold no array of input "
                + input
                + ", only "
                + arrays.keySet()
                + "; name one so");
      }
      check(input, array);
      list.add(DataArrays.of(array, manager));
    }
    return list;
  }

  /**
   * Checks an array against an input.
   *
   * @throws DataException if the input does not take it
   */
  static void check(InputSpec input, DataArray array) {
    long[] shape = array.shape();
    boolean fits = array.type() == input.type() && shape.length == input.shape().size();
    for (int axis = 0; fits && axis < shape.length; axis++) {
      long due = input.shape().get(axis);
      fits = (axis == 0 || due < 0) ? shape[axis] > 0 : shape[axis] == due;
    }
    if (!fits) {
      throw new DataException(
          "the data hold "
              + array
              + " for input "
              + input
              + "; give arrays of that type and shape");
    }
  }
}

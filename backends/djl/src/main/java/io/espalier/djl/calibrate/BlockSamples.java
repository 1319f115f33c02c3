package io.espalier.djl.calibrate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataException;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Arrays of DJL as data: one for each input of a network, the first axis of each is the sample.
 * They stay what they are, and must stay open as long as the data are read.
 */
public final class BlockSamples implements Samples {
  private final List<InputSpec> inputs;
  private final NDList arrays;

  private BlockSamples(List<InputSpec> inputs, NDList arrays) {
    this.inputs = inputs;
    this.arrays = arrays;
  }

  /**
   * Data of a network.
   *
   * @param network the network
   * @param arrays one for each of its inputs, in order, of the same type and shape but for the
   *     first axis
   * @throws DataException if they are not, differ in the number of samples, or hold a number that
   *     is not finite
   */
  public static BlockSamples of(DataModel network, NDArray... arrays) {
    List<InputSpec> inputs = network.inputs();
    if (arrays.length != inputs.size()) {
      throw new DataException(
          network.description()
              + " reads "
              + inputs
              + ", and "
              + arrays.length
              + " arrays are given; give one for each");
    }
    for (int i = 0; i < arrays.length; i++) {
      check(inputs.get(i), arrays[i], arrays[0]);
    }
    return new BlockSamples(inputs, new NDList(arrays));
  }

  private static void check(InputSpec input, NDArray array, NDArray first) {
    long samples = array.getShape().dimension() == 0 ? 0 : array.getShape().get(0);
    if (samples == 0) {
      throw new DataException("the array of input " + input + " holds no samples");
    }
    try (NDArray one = array.get(new NDIndex().addSliceDim(0, 1))) {
      BlockInputs.check(input, DataArrays.of(one, input.name()));
    }
    if (samples != first.getShape().get(0)) {
      throw new DataException(
          "the array of input "
              + input
              + " holds "
              + samples
              + " samples, and that of another input "
              + first.getShape().get(0)
              + "; give as many for each");
    }
    if (array.getDataType().isFloating()) {
      try (NDArray wide = array.toType(DataType.FLOAT64, true);
          NDArray sum = wide.sum()) {
        if (!Double.isFinite(sum.toDoubleArray()[0])) {
          throw new DataException(
              "the array of input "
                  + input
                  + " holds a number that is not finite; every element must be");
        }
      }
    }
  }

  @Override
  public int count() {
    return Math.toIntExact(arrays.get(0).getShape().get(0));
  }

  @Override
  public Batches read(int[] samples, int size) {
    return Batches.of(samples, size, this::batch);
  }

  private Batch batch(int... samples) {
    Map<String, DataArray> batch = new LinkedHashMap<>();
    for (int i = 0; i < arrays.size(); i++) {
      NDArray array = arrays.get(i);
      long[] positions = Arrays.stream(samples).asLongStream().toArray(); // others are copied first
      try (NDArray indices = array.getManager().create(positions);
          NDArray rows = array.get(new NDIndex().addIndices("{}", indices))) {
        String name = inputs.get(i).name();
        batch.put(name, DataArrays.of(rows, name));
      }
    }
    return new Batch(samples, batch);
  }
}

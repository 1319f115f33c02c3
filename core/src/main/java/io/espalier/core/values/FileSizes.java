package io.espalier.core.values;

import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.Tensor;
import java.util.Arrays;
import java.util.function.ToLongFunction;

/** How many bytes the parts of a network take where it is written, and where it runs. */
public interface FileSizes {
  /** What the whole network takes as it is written, with all that stands beside its file. */
  long total();

  /** What a node takes with what is declared of its outputs, without stored parameters. */
  long node(int node);

  /** What a stored tensor takes, by its dimensions: those of the original or smaller ones. */
  ToLongFunction<long[]> tensor(int tensor);

  /** The bytes of one element of a tensor that is computed. */
  int element(int tensor);

  /** Sizes of a network of which nothing more is known: 4 bytes for each element. */
  static FileSizes plain(Graph graph) {
    return new FileSizes() {
      @Override
      public long total() {
        long sum = 0;
        for (Tensor tensor : graph.tensors()) {
          Constant constant = tensor.constant();
          sum =
              constant == null
                  ? sum
                  : Saturated.plus(sum, tensor(tensor.id()).applyAsLong(constant.dims()));
        }
        return sum;
      }

      @Override
      public long node(int node) {
        return 0;
      }

      @Override
      public ToLongFunction<long[]> tensor(int tensor) {
        return dims -> Arrays.stream(dims).reduce(Float.BYTES, Saturated::times);
      }

      @Override
      public int element(int tensor) {
        return graph.integral(tensor) ? Long.BYTES : Float.BYTES;
      }
    };
  }
}

package io.espalier.core.values;

import io.espalier.trace.Constant;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.stream.IntStream;

/**
 * Where positions along an axis of a stored parameter lead once elements are gone: each to the same
 * element among those that stay, else to the one that stays whose slice is most similar, by the
 * cosine; of several that are equally so to the first. Safe for use by several threads at once;
 * what was found last for each parameter is kept.
 */
public final class SimilarSlices {
  /** So many slices are compared with so many others at a time. */
  private static final int BLOCK = 64;

  private final IdentityHashMap<Constant, Found> last = new IdentityHashMap<>();

  @SuppressWarnings("ArrayRecordComponent") // compared by hand
  private record Found(int axis, int[] kept, int[] map) {}

  /**
   * The map.
   *
   * @param axis of the parameter
   * @param kept the elements that stay, ascending; at least one
   * @return for each position of the original one among those that stay; not to be changed
   */
  synchronized int[] map(Constant table, int axis, int[] kept) {
    Found known = last.get(table);
    if (known == null || known.axis() != axis || !Arrays.equals(known.kept(), kept)) {
      known = new Found(axis, kept.clone(), find(table, axis, kept));
      last.put(table, known);
    }
    return known.map();
  }

  private static int[] find(Constant table, int axis, int[] kept) {
    float[][] slices = slices(table, axis);
    int[] map = new int[slices.length];
    Arrays.fill(map, -1);
    for (int i = 0; i < kept.length; i++) {
      map[kept[i]] = i;
    }
    int[] gone = IntStream.range(0, map.length).filter(row -> map[row] < 0).toArray();
    float[][] blocks = blocks(slices, kept);
    IntStream.range(0, (gone.length + BLOCK - 1) / BLOCK)
        .parallel()
        .forEach(
            part -> {
              int to = Math.min(gone.length, (part + 1) * BLOCK);
              int[] some = Arrays.copyOfRange(gone, part * BLOCK, to);
              int[] nearest = nearest(slices, some, blocks, kept.length);
              for (int i = 0; i < some.length; i++) {
                map[some[i]] = nearest[i];
              }
            });
    return map;
  }

  /** Slices that stay, a column each, in blocks that fit into a cache. */
  private static float[][] blocks(float[][] slices, int[] kept) {
    int width = slices[0].length;
    float[][] blocks = new float[(kept.length + BLOCK - 1) / BLOCK][width * BLOCK];
    for (int i = 0; i < kept.length; i++) {
      for (int at = 0; at < width; at++) {
        blocks[i / BLOCK][at * BLOCK + i % BLOCK] = slices[kept[i]][at];
      }
    }
    return blocks;
  }

  private static int[] nearest(float[][] slices, int[] rows, float[][] blocks, int count) {
    int[] best = new int[rows.length];
    float[] most = new float[rows.length];
    Arrays.fill(most, Float.NEGATIVE_INFINITY);
    float[] products = new float[BLOCK];
    for (int block = 0; block < blocks.length; block++) {
      int size = Math.min(BLOCK, count - block * BLOCK);
      for (int row = 0; row < rows.length; row++) {
        multiply(slices[rows[row]], blocks[block], products);
        for (int i = 0; i < size; i++) {
          if (products[i] > most[row]) {
            most[row] = products[i];
            best[row] = block * BLOCK + i;
          }
        }
      }
    }
    return best;
  }

  private static void multiply(float[] slice, float[] block, float[] products) {
    Arrays.fill(products, 0);
    for (int at = 0; at < slice.length; at++) {
      float factor = slice[at];
      int from = at * BLOCK;
      for (int i = 0; i < BLOCK; i++) {
        products[i] += factor * block[from + i];
      }
    }
  }

  /** What lies at each position, of length 1; zeros and what is no number stay as they are. */
  private static float[][] slices(Constant table, int axis) {
    long[] dims = table.dims();
    int count = Math.toIntExact(dims[axis]);
    int inner = 1;
    for (int i = axis + 1; i < dims.length; i++) {
      inner = Math.multiplyExact(inner, Math.toIntExact(dims[i]));
    }
    FloatBuffer values = table.floats().duplicate();
    int outer = values.remaining() / count / inner;
    float[][] slices = new float[count][outer * inner];
    for (int block = 0; block < outer; block++) {
      for (int slice = 0; slice < count; slice++) {
        values.get(slices[slice], block * inner, inner);
      }
    }
    Arrays.stream(slices).forEach(SimilarSlices::normalise);
    return slices;
  }

  private static void normalise(float[] slice) {
    double squares = 0;
    for (float value : slice) {
      squares += (double) value * value;
    }
    if (squares > 0) {
      float factor = (float) (1 / Math.sqrt(squares));
      for (int i = 0; i < slice.length; i++) {
        slice[i] *= factor;
      }
    }
  }
}

package io.espalier.core.data;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Samples and, behind them, copies of these whose images are moved by a few pixels, up to a
 * fourteenth of their height and width; the edge is repeated where nothing moves in. What a network
 * computes from a moved image is as good to learn from as what it computes from the image itself.
 * The same seed moves every sample in the same way.
 */
public final class MovedImages implements Samples {
  private static final int PART = 14;
  private static final long LEAST = 8;
  private static final int RANK = 4;
  private static final Set<Long> COLOURS = Set.of(1L, 3L);

  private final Samples samples;
  private final Map<String, Integer> heights;
  private final int copies;
  private final long seed;

  private MovedImages(Samples samples, Map<String, Integer> heights, int copies, long seed) {
    this.samples = samples;
    this.heights = heights;
    this.copies = copies;
    this.seed = seed;
  }

  /**
   * Adds moved copies.
   *
   * @param inputs what the network reads
   * @param copies how many of each sample, 0 or more
   * @return the samples alone if no input reads images: floating numbers with a batch, 1 or 3
   *     channels, a height and a width, in this order or with the channels last
   */
  public static MovedImages of(Samples samples, List<InputSpec> inputs, int copies, long seed) {
    Map<String, Integer> heights = new LinkedHashMap<>();
    for (InputSpec input : inputs) {
      int height = height(input);
      if (height > 0) {
        heights.put(input.name(), height);
      }
    }
    return new MovedImages(samples, heights, heights.isEmpty() ? 0 : copies, seed);
  }

  /** The axis of the rows of an image, before that of the columns; 0 if there are no images. */
  private static int height(InputSpec input) {
    List<Long> shape = input.trial();
    if (!input.type().isFloating() || shape.size() != RANK) {
      return 0;
    }
    int height = COLOURS.contains(shape.get(1)) ? 2 : COLOURS.contains(shape.get(3)) ? 1 : 0;
    return height > 0 && Math.min(shape.get(height), shape.get(height + 1)) >= LEAST ? height : 0;
  }

  /** Some of the samples, and all copies of these. */
  public int[] withCopies(int[] some) {
    int[] all = new int[some.length * (1 + copies)];
    for (int i = 0; i < all.length; i++) {
      all[i] = some[i % some.length] + i / some.length * samples.count();
    }
    return all;
  }

  @Override
  public int count() {
    return samples.count() * (1 + copies);
  }

  @Override
  public String describe(int sample) {
    String name = samples.describe(sample % samples.count());
    return sample < samples.count() ? name : name + ", moved";
  }

  @Override
  public Batches read(int[] wanted, int size) {
    return new Reading(wanted.clone(), size);
  }

  private Batch moved(Batch batch, int copy) {
    if (copy == 0) {
      return batch;
    }
    int[] positions = batch.samples();
    Arrays.setAll(positions, i -> positions[i] + copy * samples.count());
    Map<String, DataArray> arrays = new LinkedHashMap<>();
    batch
        .arrays()
        .forEach(
            (name, array) -> {
              Integer height = heights.get(name);
              arrays.put(name, height == null ? array : moved(array, height, positions));
            });
    return new Batch(positions, arrays);
  }

  private DataArray moved(DataArray array, int axis, int[] positions) {
    long[] shape = array.shape();
    int before = axis == 1 ? 1 : Math.toIntExact(shape[1]);
    int height = Math.toIntExact(shape[axis]);
    int width = Math.toIntExact(shape[axis + 1]);
    int inner = axis == 1 ? Math.toIntExact(shape[3]) : 1;
    float[] to = new float[array.size()];
    int at = 0;
    for (int position : positions) {
      SplittableRandom random = new SplittableRandom(31 * seed + position);
      int down = offset(random, height);
      int right = offset(random, width);
      int start = at;
      for (int plane = 0; plane < before; plane++) {
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            int from = start + inside(x - right, width) * inner;
            from += (plane * height + inside(y - down, height)) * width * inner;
            for (int i = 0; i < inner; i++) {
              to[at++] = (float) array.number(from + i);
            }
          }
        }
      }
    }
    return DataArray.ofFloats(array.type(), to, shape);
  }

  private static int offset(SplittableRandom random, int extent) {
    int most = Math.max(1, extent / PART);
    return random.nextInt(-most, most + 1);
  }

  private static int inside(int position, int extent) {
    return Math.max(0, Math.min(extent - 1, position));
  }

  /** Reads the samples, then one copy after the other. */
  private final class Reading implements Batches {
    private final int[] wanted;
    private final int size;
    private int copy = -1;
    private int next;
    private Batches batches = Batches.of(new int[0], 1, some -> new Batch(some, Map.of()));

    Reading(int[] wanted, int size) {
      this.wanted = wanted;
      this.size = size;
    }

    @Override
    public Optional<Batch> next() {
      Optional<Batch> batch = batches.next();
      while (batch.isEmpty() && next < wanted.length) {
        batches.close();
        int count = samples.count();
        copy = wanted[next] / count;
        int from = next;
        while (next < wanted.length && wanted[next] / count == copy) {
          next++;
        }
        int[] some = new int[next - from];
        Arrays.setAll(some, i -> wanted[from + i] % count);
        batches = samples.read(some, size);
        batch = batches.next();
      }
      return batch.map(found -> moved(found, copy));
    }

    @Override
    public void close() {
      batches.close();
    }
  }
}

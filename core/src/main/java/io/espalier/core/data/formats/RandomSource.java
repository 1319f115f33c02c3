package io.espalier.core.data.formats;

import com.google.auto.service.AutoService;
import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSource;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Data that are made up: of each input what is plausible for it, at its trial sizes. */
@AutoService(DataSource.class)
public final class RandomSource implements DataSource {
  /** Keeps the numbers of samples and inputs apart. */
  private static final long STEP = 0x9E37_79B9_7F4A_7C15L;

  @Override
  public String name() {
    return "random";
  }

  @Override
  public String reads() {
    return "the word random";
  }

  @Override
  public boolean accepts(String location) {
    return location.equals("random");
  }

  @Override
  public Samples open(DataRequest request) {
    return new Drawn(request);
  }

  /** Each sample is drawn from the seed and its position alone, whichever others are read. */
  private record Drawn(DataRequest request) implements Samples {
    @Override
    public int count() {
      return request.samples();
    }

    @Override
    public Batches read(int[] samples, int size) {
      return Batches.of(samples, size, this::batch);
    }

    private Batch batch(int[] samples) {
      Map<String, DataArray> arrays = new LinkedHashMap<>();
      for (int i = 0; i < request.inputs().size(); i++) {
        InputSpec input = request.inputs().get(i);
        arrays.put(input.name(), array(input, i, samples));
      }
      return new Batch(samples, arrays);
    }

    private DataArray array(InputSpec input, int index, int[] samples) {
      long[] shape = input.trial().stream().mapToLong(Long::longValue).toArray();
      shape[0] = samples.length;
      int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
      int length = count / samples.length;
      float[] floats = new float[input.type().isFloating() ? count : 0];
      long[] longs = new long[input.type().isFloating() ? 0 : count];
      for (int i = 0; i < count; i += length) {
        long position = samples[i / length] * (long) request.inputs().size() + index + 1;
        Random random = new Random(request.seed() + STEP * position);
        for (int j = i; j < i + length; j++) {
          double value = input.plausible().next(random);
          if (floats.length > 0) {
            floats[j] = (float) value;
          } else {
            longs[j] = (long) value;
          }
        }
      }
      return floats.length > 0
          ? DataArray.ofFloats(input.type(), floats, shape)
          : DataArray.ofLongs(input.type(), longs, shape);
    }
  }
}
